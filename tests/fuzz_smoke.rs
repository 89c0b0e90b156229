//! The bodies of the fuzz targets without a fuzzer: every file of their corpora, and mutations of them at random.
//!
//! A fuzzer looks for what is new; this shows on any toolchain that the bodies hold for what is known. What a fuzzer
//! finds becomes a file of the corpus. `GREENROOM_SEED` brings a run back.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[expect(unreachable_pub, reason = "the same files are the library of the fuzz package")]
#[path = "../fuzz/src/bodies/mod.rs"]
mod bodies;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use bodies::{BODIES, Body};
use greenroom_testkit::{Random, Seed};

/// Mutations of each file of a corpus.
const MUTATIONS: usize = 100;
/// Changes that one mutation is made of, at most.
const CHANGES: u64 = 4;
/// Bytes that often stand where something begins or ends.
const TELLING: &[u8] = b"\0\x01\x7f\x80\xff\r\n :./[]0";

#[test]
fn every_target_has_a_corpus_and_a_file_that_calls_it() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let names = |folder: &str| {
        let mut names: Vec<_> = fs::read_dir(fuzz.join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    let bodies: Vec<_> = BODIES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("fuzz_targets"), bodies);
    assert_eq!(names("corpus"), bodies);
    for (name, _) in BODIES {
        assert!(corpus(name).len() >= 10, "the corpus of {name} has too few files");
    }
}

#[test]
fn the_bodies_hold_for_their_corpora() {
    for (name, body) in BODIES {
        for (file, bytes) in corpus(name) {
            run(body, &bytes, &format!("fuzz/corpus/{name}/{file}"));
        }
    }
}

#[test]
fn the_bodies_hold_for_mutations_of_their_corpora() {
    let seed = Seed::from_env();
    for (stream, (name, body)) in BODIES.into_iter().enumerate() {
        let mut random = seed.random_of(stream as u64);
        let corpus = corpus(name);
        for (file, bytes) in &corpus {
            for turn in 0..MUTATIONS {
                let other = &corpus[random.below(corpus.len() as u64) as usize].1;
                let mutant = mutate(bytes.clone(), other, &mut random);
                run(body, &mutant, &format!("mutation {turn} of fuzz/corpus/{name}/{file}"));
            }
        }
    }
}

/// The files by name, in order.
fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn run(body: Body, bytes: &[u8], what: &str) {
    if catch_unwind(AssertUnwindSafe(|| body(bytes))).is_err() {
        panic!("{what} is a find: b\"{}\"", bytes.escape_ascii());
    }
}

fn mutate(mut bytes: Vec<u8>, other: &[u8], random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(CHANGES) {
        let place = random.below(bytes.len() as u64 + 1) as usize;
        let end = place + random.below((bytes.len() - place) as u64 + 1) as usize;
        let byte = if random.percent(50) {
            random.next() as u8
        } else {
            TELLING[random.below(TELLING.len() as u64) as usize]
        };
        match random.below(6) {
            0 => bytes.insert(place, byte),
            1 if place < bytes.len() => bytes[place] = byte,
            2 if place < bytes.len() => bytes[place] ^= 1 << random.below(8),
            3 => drop(bytes.drain(place..end)),
            4 => {
                let doubled = bytes[place..end].to_vec();
                bytes.splice(place..place, doubled);
            }
            _ => {
                let from = random.below(other.len() as u64 + 1) as usize;
                bytes.truncate(place);
                bytes.extend(&other[from..]);
            }
        }
    }
    bytes
}

#[test]
fn mutations_of_one_seed_are_the_same_and_of_two_are_not() {
    let mutants = |seed| {
        let mut random = Seed::new(seed).random();
        (0..20).map(|_| mutate(b"127.0.0.1:80".to_vec(), b"::1", &mut random)).collect::<Vec<_>>()
    };
    assert_eq!(mutants(1), mutants(1));
    assert_ne!(mutants(1), mutants(2));
}
