"""When an interaction is a touch: somebody was talked to, or could have read it."""

# Outcomes of tries: nobody was talked to.
NOT_REACHED = ("missed", "voicemail", "busy", "moved", "no_show")
