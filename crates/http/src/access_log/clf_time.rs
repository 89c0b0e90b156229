//! Times as access logs write them.

use std::fmt;
use std::time::SystemTime;

/// `27/Nov/2026:07:11:31 +0000`, always in UTC.
pub(super) struct ClfTime(pub(super) SystemTime);

impl fmt::Display for ClfTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // "Fri, 27 Nov 2026 07:11:31 GMT": the same, in another order.
        let date = httpdate::fmt_http_date(self.0);
        match date.split([' ', ',']).collect::<Vec<_>>()[..] {
            [_, _, day, month, year, time, _] => write!(f, "{day}/{month}/{year}:{time} +0000"),
            _ => f.write_str(&date),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::ClfTime;

    #[test]
    fn times_are_written_as_other_servers_do() {
        let at = UNIX_EPOCH + Duration::from_secs(1_795_763_491);
        assert_eq!(ClfTime(at).to_string(), "27/Nov/2026:07:11:31 +0000");
    }
}
