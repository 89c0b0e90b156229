//! Faults of the catalogue in `docs/faults.md` that no other module brings about.

mod kill_stress;
mod panics;
mod spans;
mod turns;
mod waits;
