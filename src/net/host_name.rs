//! The names by which browsers may call this machine.

use std::fmt;
use std::str::FromStr;

/// The name of a host in lower case, without a port: letters, digits, hyphens, and dots between
/// them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(String);

/// The text is not the name of a host. Each message says what to type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoHostName {
    /// There is no text.
    #[error("expected a host name, such as pc7.example.org")]
    Empty,
    /// The text has this many bytes.
    #[error("a host name has at most {max} bytes, not {0}", max = HostName::MAX)]
    TooLong(usize),
    /// The text has a character of a URL or of no host.
    #[error(
        "a host name has letters from a to z, digits, dots and hyphens, not {0:?}; leave out http:// \
         and the port"
    )]
    Character(char),
    /// Two dots follow each other, or a dot comes first.
    #[error("a host name has letters or digits before each dot, such as pc7.example.org")]
    Dots,
}

impl HostName {
    /// The maximum length in bytes (RFC 1035, 2.3.4, without the bytes of the wire format).
    pub const MAX: usize = 253;

    /// The name in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = NoHostName;

    fn from_str(text: &str) -> Result<Self, NoHostName> {
        let is_allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        if let Some(wrong) = text.chars().find(|c| !is_allowed(c)) {
            return Err(NoHostName::Character(wrong));
        }
        // A dot at the end makes a name absolute; it names the same host.
        let name = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(NoHostName::Empty);
        }
        if name.len() > Self::MAX {
            return Err(NoHostName::TooLong(name.len()));
        }
        if name.split('.').any(str::is_empty) {
            return Err(NoHostName::Dots);
        }
        Ok(Self(name.to_ascii_lowercase()))
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The names of this machine, as far as the system tells: the whole one, its first part, and that
/// part in the domain of multicast DNS (RFC 6762).
#[must_use]
pub fn own_names() -> Vec<HostName> {
    system_name().map_or_else(Vec::new, |name| names_of(&name))
}

/// The name that the system has for this machine, if it tells one.
fn system_name() -> Option<String> {
    #[cfg(unix)]
    return nix::unistd::gethostname().ok()?.into_string().ok();
    #[cfg(windows)]
    return std::env::var("COMPUTERNAME").ok();
    #[cfg(not(any(unix, windows)))]
    None
}

/// The names of a machine that the system calls `name`. An invalid one gives none.
fn names_of(name: &str) -> Vec<HostName> {
    let Ok(whole) = name.parse::<HostName>() else {
        return Vec::new();
    };
    let first = whole.0.split('.').next().unwrap_or_default().to_owned();
    let mut names = vec![whole];
    for name in [format!("{first}.local"), first] {
        if let Ok(name) = name.parse()
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{HostName, NoHostName, names_of, own_names};

    fn parsed(text: &str) -> Result<String, NoHostName> {
        text.parse::<HostName>().map(|name| name.to_string())
    }

    #[test]
    fn a_name_is_taken_in_lower_case_and_without_the_dot_of_the_root() {
        for (text, name) in [
            ("pc7", "pc7"),
            ("PC7.Example.ORG", "pc7.example.org"),
            ("pc7.example.org.", "pc7.example.org"),
            ("a-b", "a-b"),
            ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ] {
            assert_eq!(parsed(text).as_deref(), Ok(name), "{text}");
        }
    }

    #[test]
    fn any_other_text_is_refused() {
        for (text, error) in [
            ("", NoHostName::Empty),
            (".", NoHostName::Dots),
            (".a", NoHostName::Dots),
            ("a..b", NoHostName::Dots),
            ("a..", NoHostName::Dots),
            ("http://pc7/", NoHostName::Character(':')),
            ("pc7:1059", NoHostName::Character(':')),
            ("pc 7", NoHostName::Character(' ')),
            ("pc_7", NoHostName::Character('_')),
            ("pc7\r\nx", NoHostName::Character('\r')),
            ("münchen.de", NoHostName::Character('ü')),
            ("*.example.org", NoHostName::Character('*')),
        ] {
            assert_eq!(parsed(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_name_has_at_most_253_bytes() {
        let longest = "a".repeat(253);
        assert_eq!(parsed(&longest).as_deref(), Ok(longest.as_str()));
        assert_eq!(parsed(&format!("{longest}.")), Ok(longest.clone()));
        assert_eq!(
            parsed(&format!("{longest}a")),
            Err(NoHostName::TooLong(254))
        );
    }

    #[test]
    fn a_machine_is_also_known_by_the_first_part_of_its_name() {
        for (system, names) in [
            ("pc7", &["pc7", "pc7.local"][..]),
            ("Anns-Mac.local", &["anns-mac.local", "anns-mac"]),
            ("pc7.example.org", &["pc7.example.org", "pc7.local", "pc7"]),
            ("", &[]),
            ("my_pc", &[]),
        ] {
            let found = names_of(system);
            let found: Vec<&str> = found.iter().map(HostName::as_str).collect();
            assert_eq!(found, names, "{system}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_names_of_this_machine_begin_with_the_one_that_the_system_has() {
        let system = nix::unistd::gethostname().ok();
        let system = system.and_then(|name| name.into_string().ok());
        let system: Option<HostName> = system.and_then(|name| name.parse().ok());
        assert_eq!(own_names().first(), system.as_ref());
    }
}
