//! Two servers under the same load, in interleaved rounds.

use crate::line::contender::is_here;
use crate::line::figures::Figures;
use crate::line::outcome::{Budget, Outcome};
use crate::line::process::{Server, client};
use crate::measure::{Bench, Flavour};

/// A load, and what of it is held to what.
pub struct Contest {
    pub work: &'static str,
    pub ours: &'static str,
    pub rival: &'static str,
    /// The client's kind and options.
    pub load: (&'static str, &'static [(&'static str, usize)]),
    /// Others who are connected to our server meanwhile, and not to the rival.
    pub beside: Option<(&'static str, &'static [(&'static str, usize)])>,
    pub rate: Budget,
    pub cpu: Budget,
    pub p99: Budget,
}

impl Contest {
    pub fn run(&self, bench: &mut Bench) {
        if !is_here(self.ours) {
            eprintln!("  {}: not in this build (feature `next`)", self.work);
            return;
        }
        for flavour in Flavour::BOTH {
            self.run_on(bench, flavour);
        }
    }

    fn run_on(&self, bench: &mut Bench, flavour: Flavour) {
        let mut rounds: Vec<(Figures, Figures)> = Vec::new();
        for round in 0..bench.server_rounds() {
            let ours = || self.once(self.ours, flavour, self.beside);
            let theirs = || self.once(self.rival, flavour, None);
            rounds.push(if round % 2 == 0 {
                let ours = ours();
                (ours, theirs())
            } else {
                let theirs = theirs();
                (ours(), theirs)
            });
        }
        let figures = [
            ("requests/s", "rate", self.rate),
            ("server CPU us/request", "cpu_us", self.cpu),
            ("p50 us", "p50_us", Budget::Told),
            ("p99 us", "p99_us", self.p99),
        ];
        for (figure, name, budget) in figures {
            let pairs: Vec<_> = rounds.iter().map(|(a, b)| (a.get(name), b.get(name))).collect();
            let row = (self.work, flavour.name(), self.rival);
            bench.tell(Outcome::of_rounds(row, figure, &pairs, budget));
        }
        let lost: f64 = rounds.iter().map(|(a, b)| a.get("errors") + b.get("errors")).sum();
        if lost > 0.0 {
            eprintln!("  {}: {lost} requests failed or were lost, of both contenders", self.work);
        }
    }

    fn once(&self, contender: &str, flavour: Flavour, beside: Option<(&str, &[(&str, usize)])>) -> Figures {
        let server = Server::start(contender, flavour);
        let _beside = beside.map(|(kind, options)| {
            let mut others = client(kind, &server, options);
            others.line();
            others
        });
        let (kind, options) = self.load;
        Figures::parse(&client(kind, &server, options).line())
    }
}
