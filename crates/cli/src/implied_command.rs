//! `ironbelt implied`: what the model itself implies, beside published figures.

use std::path::Path;

use crate::run_command::{prepare, stopped};
use crate::{Format, Stop};

/// Runs the small measures on a study and prints the table.
pub(crate) fn run(study: Option<&Path>, format: Format) -> Result<(), Stop> {
    let ready = prepare(study)?;
    let figures =
        study::run::implied(&ready.study, &ready.inputs).map_err(|error| stopped(&error))?;
    match format {
        Format::Json => {
            let json = serde_json::to_string(&figures).expect("plain data serialises");
            println!("{json}");
        }
        Format::Text => print!("{}", report::text::implied(&figures)),
    }
    Ok(())
}
