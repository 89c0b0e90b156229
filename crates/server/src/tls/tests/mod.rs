//! Handshakes over memory, between our two sides and with bytes made by hand.

mod authority;
mod bad_files;
mod client_certificates;
mod folder;
mod garbage;
mod handshakes;
mod limits;
mod names;
mod reload;
mod resumption;
mod secrets;
mod shake;
mod truncation;
