//! What the fuzz targets do with their bytes.

mod bodies;

pub use bodies::{BODIES, Body, address, http, lines, proxy};
