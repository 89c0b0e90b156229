# Names for what .ci/run does, so that one need not remember the flags.

# What there is.
_default:
    @just --list --unsorted

# Does everything compile?
check:
    cargo check --workspace --all-targets

# The README's test command.
test *args:
    cargo test --workspace {{args}}

# Foreign clients against the examples: needs nc (OpenBSD's), python3, curl, openssl, socat, haproxy, ab, nghttp, h2load, wrk, node with npm, chromium.
interop *args:
    cargo build --examples
    GREENROOM_INTEROP=1 cargo test --workspace --test interop {{args}}

# The picture of the chat room, made anew: needs what `interop` needs.
picture:
    cargo build --examples
    GREENROOM_INTEROP=1 GREENROOM_PICTURE="$PWD/docs/pictures/chatroom.png" cargo test --test interop picture

# What sslyze and testssl find in the echo_tls example: needs python3, testssl, and PyPI.
tls-scan:
    tests/scan/tls

# Format and lints, warnings denied.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# The rules of the house.
architecture:
    cargo test --test architecture

# The documentation users see, warnings denied.
doc *args:
    RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps {{args}}

# Beside raw tokio and the best crates; prints ratios.
bench *args:
    cargo run --release --manifest-path benches/Cargo.toml -- {{args}}

# Beside other toolkits and languages, a quarter of an hour; go, gevent and wrk where they are installed.
peers *args:
    mkdir -p docs/figures
    cargo run --release --manifest-path benches/Cargo.toml -- peers --json docs/figures/peers.json {{args}}

# Pictures and tables of what `peers` measured; with --check, only whether they are up to date.
plot *args:
    cargo run --manifest-path benches/plot/Cargo.toml -- {{args}}

# Models of our own protocols, with every interleaving of up to two preemptions.
loom *args:
    RUSTFLAGS="--cfg greenroom_loom" CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/loom" LOOM_MAX_PREEMPTIONS=2 \
        cargo test -p greenroom-core --release --lib loom_ {{args}}

# The long form of the stress tests.
stress *args:
    GREENROOM_STRESS=1 cargo test --workspace --release stress -- --nocapture {{args}}

# One fuzz target (address, http, lines, proxy) for some seconds: needs cargo-fuzz.
fuzz target seconds="60":
    mkdir -p fuzz/found/{{target}}
    cargo fuzz run --sanitizer none {{target}} fuzz/found/{{target}} fuzz/corpus/{{target}} -- \
        -max_total_time={{seconds}} -timeout=10 -rss_limit_mb=512 -max_len=5000

# Licences, doubled versions, sources: needs cargo-deny.
deny:
    cargo deny check licenses bans sources

# All that must pass before a merge.
ci:
    .ci/run
