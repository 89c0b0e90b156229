//! A pause that can be called and lifted: whoever is to rest hears of both.
//!
//! Unlike a stop it is a level and not a signal given once, and the few who listen to it listen seldom.

mod pause;

pub(crate) use pause::Pause;
