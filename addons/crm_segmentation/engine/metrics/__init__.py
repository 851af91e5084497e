"""One number per counterparty, measured for everybody at once."""
