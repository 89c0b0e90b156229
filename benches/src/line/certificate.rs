//! A certificate, ECDSA P-256, as PEM: each contender makes one of its own, of the same kind.

use rcgen::{CertifiedKey, generate_simple_self_signed};

pub struct Certificate {
    pub certificate: String,
    pub key: String,
}

impl Certificate {
    pub fn new() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        Self { certificate: cert.pem(), key: signing_key.serialize_pem() }
    }
}
