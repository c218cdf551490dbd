"""Times of day as the admin and our own pages write them: 10:41, without the dots of “a.m.”."""

DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
