//! Handshakes over memory, between our two sides and with bytes made by hand.
