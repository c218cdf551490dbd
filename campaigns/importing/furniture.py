"""How what stands around a text is worded: menus, forms, sharing, the foot of a mail."""

from campaigns.importing.phrases import any_of

# What stands around a text on a web page. Whole paragraphs only.
FURNITURE = any_of(
    r"""
    petition | petition details | petition updates | (?:verified )?signatures? | next goal
    [0-9][0-9.,k ]* verified signatures?
    urgent action | action alert | breaking(?: news)?
    (?:start|browse|my) (?:a )?petitions? | browse | updates? | started
    (?:started|created|launched|organi[sz]ed|posted) (?:by|on) .{2,60} | show on a map
    (?:share|tweet|forward|print|post|e-?mail) (?:this|the|on|via|with|to|it|your) .{1,80}
    send (?:an |this )?e-?mail\b.{0,40} | (?:in )?whatsapp.{0,20}
    skip to (?:main )?(?:content|navigation) | (?:toggle )?(?:navigation|menu) | home(?: ?page)?
    search | close | back | about(?: us)? | our (?:work|team|story|campaigns|impact) | campaigns?
    petitions | actions | news(?:room)? | blog | press(?: room)? | contact(?: us)?
    (?:log|sign) ?(?:in|out|up) | my account | register | help | faqs? | jobs | careers
    donate(?: now| today)? | give(?: now| monthly)? | join(?: us| now)? | subscribe | shop
    support us | get involved
    (?:like|follow|find|share|tweet|post|pin|e-?mail|print|forward|copy|send)(?: (?:us|this|the\
      |it|on|via|by|with|to|a|your|our|friends?|page|link|petition|campaign|facebook|twitter|x\
      |bluesky|mastodon|threads|linkedin|whatsapp|instagram|reddit|telegram|tumblr|e-?mail|now\
      |more))*
    (?:facebook|twitter|x|bluesky|mastodon|whatsapp|instagram|linkedin|reddit|telegram|tiktok\
      |youtube|rss|sms)
    (?:first |last |full |your |family )?name(?: ?\*)?
    (?:your |e-?mail )?(?:e-?mail|address)(?: address)?(?: ?\*)?
    (?:zip|postal|post)[ -]?code(?: ?\*)? | country(?: ?\*)?
    (?:mobile |your )?(?:phone|number)(?: number)?(?: ?\*)? | city | state
    comments?(?: \(optional\))? | (?:\* ?)?required(?: fields?)? | not you\?.* | mr | mrs | ms
    mx | dr
    [0-9][0-9.,k ]* ?(?:signatures?|supporters|people|of us|have signed|signed|shares?|likes\
      |comments?|unterschriften|unterst[üu]tzer\w*|firmas|personas han firmado\
      |signataires)\b.{0,60}
    .{0,40}\b(?:of|von|de) (?:our |a |the )?[0-9][0-9.,k ]* (?:goal|signatures?|needed\
      |unterschriften|firmas).{0,20}
    (?:goal|ziel|objetivo|next goal):? ?[0-9][0-9.,k ]*.{0,20} | [0-9]{1,3} ?%(?: complete)?
    [0-9][0-9.,]{2,} | deadline .{0,60} | [0-9]+ (?:days?|hours?) (?:left|ago).{0,30}
    (?:created|published|posted|started)(?: on)? [0-9].{0,30}
    (?:©|\(c\)|copyright\b).{0,200} | .{0,80}\ball rights reserved\b.{0,80} | powered by .{0,60}
    privacy(?: ?(?:&|and)? ?(?:policy|notice|cookies?|terms))?
    cookies?(?: (?:policy|settings|preferences))?
    terms(?: (?:of (?:use|service)|(?:and|&) conditions))? | accessibility | site ?map | imprint
    disclaimer | legal
    (?:we|this site|our website) uses? cookies.{0,300} | accept (?:all )?cookies | accept all
    reject all | manage cookies
    (?:view|read|see|open) (?:this )?(?:e-?mail |message |it )?(?:in|on) (?:your |the |a )\
      ?(?:web ?)?(?:browser|web).{0,60}
    having trouble (?:viewing|reading) .{0,80}
    click here to .{0,80}(?:browser|online|unsubscribe).{0,40}
    (?:read|show|learn|see|load) (?:more|less|all) | loading(?:\.{3}|…)? | advertisement
    previous | next | top | back to top | (?:recent|latest) (?:signers|signatures|news|posts)
    (?:from|von|name) ?: \[?(?:your|ihr|dein)(?: full)? name\]?
    \[?(?:your|ihr|dein) name(?: here)?\]?
    (?:(?:first|last|full|your|street|postal|zip|mobile|phone|e-?mail|home|name|address|code\
      |number|city|state|country|postcode|comment)\b(?: ?\*)?+[ ,|/]*+){2,}
    street address | mobile phone | your (?:e-?mail|information|details|comment) | submit
    send(?: (?:message|letter|e-?mail))?
    (?:please )?(?:fill|enter) (?:in |out )?(?:your|the) .{0,60}
    geben sie ihre.{0,60} | ver[öo]ffentlicht(?: am)?:? .{0,40} | view on a map
    all petitions run for .{0,40} | get petition data.{0,40} | the petitions service
    will you sign .{0,60}\?.{0,40} | start writing | appell | aufruf | empfohlen:? .{0,60}
    [0-9][0-9.,k ]* ?(?:goal|unterzeichner\w*|haben unterschrieben|z .{1,12} podpis\w*)\b.{0,60}
    [0-9]{1,3} ?% (?:von|of|de) .{0,40} | sign(?:ed)? by [0-9].{0,40} | frage an den initiator
    deadline | neuigkeiten | diese petition wurde .{0,80}
    got it | complete your signature | posted(?: \(.*\))? | verified
    by continuing,? you (?:accept|agree)[^.]{0,80}(?:privacy|cookie|terms)[^.]{0,160}\.?
    this petition (?:has been|was|is) (?:created|started|hosted|made)\b.{0,200}
    (?:created|start(?:ed)?) your own petition.{0,40}
    .{0,40}help us avoid ending up in spam.{0,80}
    related (?:petitions|campaigns|articles|posts) | you may also like
    startseite | men[üu] | suche | spenden | jetzt spenden | [üu]ber uns | kontakt | impressum
    datenschutz(?:erkl[äa]rung)? | agb | anmelden | teilen | (?:auf |per )?\w+ teilen | vorname
    nachname | plz | land | e-mail-adresse | zum inhalt springen | drucken
    inicio | buscar | dona(?: ahora)? | qui[ée]nes somos | contacto | aviso legal
    pol[íi]tica de (?:privacidad|cookies) | compart(?:e|ir)(?: en .{1,20})? | nombre | apellidos?
    correo(?: electr[óo]nico)? | c[óo]digo postal | pa[íi]s | haz un donativo
    accueil | recherche | faire un don | qui sommes-nous\s?\?? | mentions l[ée]gales | partager
    pr[ée]nom | nom | code postal
    """
)
# `Petition started by Ada Poe, Oakford`: a person who is not whose page it is.
BYLINE = any_of(
    r"""
    (?:(?:this |the )?(?:petition|campaign|appeal|open letter|letter)(?: was)? )?(?:started\
      |created|launched|organi[sz]ed|initiated|written) by (?!:).{2,80}
    (?:(?:diese )?(?:petition|kampagne)(?: wurde)? )?(?:gestartet|erstellt|initiiert|ins leben\
      gerufen) von (?!:).{2,80}
    (?:(?:cette )?p[ée]tition )?(?:lanc[ée]e|cr[ée][ée]e) par (?!:).{2,80}
    (?:(?:esta )?petici[óo]n )?(?:creada|iniciada|lanzada) por (?!:).{2,80}
    """
)
# What mail programs and mailing systems add.
MAIL_FURNITURE = any_of(
    r"""
    (?:want|would you like) to support our work\?.* | (?:please )?(?:chip in|donate)\b.{0,120}
    (?:from|to|cc|bcc|date|sent|reply-to|received|return-path|message-id|mime-version\
      |content-\S+|x-[\w-]+|list-\S+|importance|von|an|gesendet|datum|de|para|enviado|fecha\
      |[àa]|envoy[ée]) ?: .*
    -{2,} ?(?:forwarded|original) message ?-{2,} | begin forwarded message:
    -{2,} ?weitergeleitete.{0,40}
    (?:on|am|el|le) .{3,120}(?:wrote|schrieb.{0,60}|escribi[óo]|a [ée]crit) ?:
    sent from my .{1,40} | -- ?
    .{0,120}\b(?:you(?:'|’)re|you are|you have) (?:receiving|received) this\b.*
    .{0,80}\bthis (?:e-?mail|message) was sent (?:to|by|from)\b.*
    (?:to |if you).{0,100}\bunsubscribe\b.{0,160} | unsubscribe\b.{0,160}
    .{0,60}\bmanage (?:your )?(?:e-?mail )?(?:preferences|subscriptions?)\b.*
    .{0,60}\bupdate (?:your )?(?:preferences|profile)\b.*
    .{0,120}\b(?:wenn sie|um).{0,80}(?:abmelden|abbestellen)\b.{0,80}
    .{0,80}\bpara (?:darte|darse) de baja\b.{0,80} | (?:paid for|authori[sz]ed) by .{2,200}
    """
)
# `Click here to add your name`: where a mail sends its readers, who are there already.
POINTERS = any_of(
    r"""
    (?:please )?(?:just )?(?:click|tap) (?:here|below|(?:on )?(?:the|this) (?:link|button)\
      (?: below)?)(?: now)?(?: (?:to|and) [^.!?]{2,120})?[.:!]?
    (?:hier klicken|klicken sie hier|klick(?:e)? hier)\b[^.!?]{0,120}[.:!]?
    haz clic aqu[íi]\b[^.!?]{0,120}[.:!]? | cliquez ici\b[^.!?]{0,120}[.:!]?
    """
)
# Under these stands what others said of the petition, or what became of it.
TAILS = any_of(
    r"""
    supporter voices | reasons for signing | petition updates?
    (?:supporter |recent |top )?comments?(?: \([0-9]+\))?
    updates? | how it will be delivered | why people are signing | signers?(?:' comments)?
    (?:recent|latest) (?:signers|signatures|supporters) | unterst[üu]tzerkommentare
    warum menschen unterschreiben | kommentare | razones para firmar | commentaires
    """
)
# `Sponsored by: A, B and C`: who asks as well.
PARTNERS = any_of(r"(?:sponsored|supported|endorsed) by:? .{2,400}")
