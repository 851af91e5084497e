"""Nothing but a person's word proves the promise."""

IS_FOUND = False
