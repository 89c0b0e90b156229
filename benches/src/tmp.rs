use crate::measure::*;
pub fn run(_: &mut Bench) {
    let mt = std::env::var("MT").is_ok();
    let theirs = std::env::var("THEIRS").is_ok();
    let one = std::env::var("ONE").is_ok();
    let (b, n) = if one { (1, 100_000) } else { (1000, 100) };
    let runtime = if mt { Flavour::Multi } else { Flavour::Current }.runtime();
    let t = || {
        if theirs {
            time_spawned(&runtime, 100_000, crate::spawn::theirs(b, n))
        } else {
            time_spawned(&runtime, 100_000, crate::spawn::ours(b, n))
        }
    };
    let v: Vec<f64> = (0..60).map(|_| t()).collect();
    eprintln!("{}", median(v));
}
