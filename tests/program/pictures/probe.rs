//! A picture of the probe's report on a faulty program.

use super::{SERVER_PORT, picture, shell, shell_prompt};
use crate::pictures::svg::Window;
use crate::probe::serving;

#[test]
fn probe() {
    let (_animal, port) = serving("TakesOccupied", "framed");
    let mut window = shell(port);
    window.press(&format!("tictalk probe localhost:{port} --only game\r"));
    let took = window.wait("the end of the report", |screen| {
        let contents = screen.contents();
        let (_, end) = contents.split_once("not applicable; ")?;
        let (took, _) = end.split_once(" s\n")?;
        Some(took.to_owned())
    });
    shell_prompt(&window);
    let shown_as = [
        (port.to_string(), SERVER_PORT.to_string()),
        (
            format!("applicable; {took} s"),
            "applicable; 1.7 s".to_owned(),
        ),
    ];
    let shown = window.read(|screen| Window::new("tictalk probe", screen, &shown_as));
    picture("probe.svg", &[shown]);
}
