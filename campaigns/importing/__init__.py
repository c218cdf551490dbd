"""A campaign from text: `parsing` reads a page into a draft, `creating` makes it a campaign."""
