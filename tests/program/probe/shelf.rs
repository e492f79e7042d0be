//! The partners in `examples` pass the examination, at both ends.

use super::{Report, awaiting, probe};
use crate::examples::languages::with_each;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

#[test]
fn each_partner_in_the_examples_passes_as_server() {
    with_each(|built| {
        let (_partner, port) = built.listening(&["auto"]);
        let report = Report::of(&probe(port).args(["--format", "json"]).run());
        assert_eq!(report.code, 0, "{}", report.json);
        assert_eq!(report.json["framing"]["reads"], "framed");
        assert!(report.with("pass").len() >= 30, "{}", report.json);
    });
}

#[test]
fn each_partner_in_the_examples_passes_as_client() {
    with_each(|built| {
        let (probe, port) = awaiting(&["--format", "json"]);
        let port = port.to_string();
        let has_ended = AtomicBool::new(false);
        let report = thread::scope(|scope| {
            scope.spawn(|| {
                while !has_ended.load(Ordering::Relaxed) {
                    let mut partner = built.partner(&["connect", "localhost", &port, "auto"]);
                    partner.end_input();
                    partner.finish();
                }
            });
            let finished = probe.finish();
            has_ended.store(true, Ordering::Relaxed);
            Report::of(&finished)
        });
        assert_eq!(report.code, 0, "{}", report.json);
        assert!(report.with("pass").len() >= 25, "{}", report.json);
    });
}
