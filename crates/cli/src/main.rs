//! The ironbelt command line: arguments in, files and text out.
//!
//! | exit | meaning                          |
//! |------|----------------------------------|
//! | 0    | done                             |
//! | 1    | a file could not be written, or a bug |
//! | 2    | wrong usage                      |
//! | 3    | the input has errors             |
//! | 4    | a year did not solve             |
//! | 5    | the benchmark does not replicate |
//!
//! Not here: anything that computes.

mod accounts_command;
mod bench_command;
mod files;
mod render;
mod run_command;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

/// Exit code for errors of the input.
const INPUT: u8 = 3;
/// Exit code for a year that did not solve.
const NOT_SOLVED: u8 = 4;
/// Exit code for accounts that the model does not replicate.
const NOT_REPLICATED: u8 = 5;

/// What a regional programme does to output, jobs, trade, investment and budgets.
#[derive(Parser)]
#[command(version, about, long_about = None)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run a study (the Liaoning study without a name) and write its results and report.
    Run {
        /// Study file; without one, the Liaoning study that ships with the program.
        study: Option<PathBuf>,
        /// Folder for results and report.
        #[arg(long, default_value = "results")]
        out: PathBuf,
        /// What to print.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Check a study file without running it.
    Check {
        /// Study file; without one, the Liaoning study that ships with the program.
        study: Option<PathBuf>,
    },
    /// Check every law of the model on a study's own accounts and closure.
    Doctor {
        /// Study file; without one, the Liaoning study that ships with the program.
        study: Option<PathBuf>,
    },
    /// Build, check and show regional accounts.
    Accounts {
        #[command(subcommand)]
        command: accounts_command::Command,
    },
    /// Solve a synthetic economy of any size and print what it took.
    Bench {
        /// Products.
        #[arg(long, default_value_t = 42)]
        products: usize,
        /// Regions.
        #[arg(long, default_value_t = 31)]
        regions: usize,
        /// Rise of productivity in one product and one region.
        #[arg(long, default_value_t = 0.2)]
        shock: f64,
        /// What to print.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

/// What a command prints on standard output.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Why a command stops: what to say, and the exit code.
struct Stop {
    message: String,
    code: u8,
}

impl Stop {
    fn new(code: u8, message: impl Into<String>) -> Self {
        Self { message: message.into(), code }
    }
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    let ended = match command.unwrap_or(Command::Run {
        study: None,
        out: PathBuf::from("results"),
        format: Format::Text,
    }) {
        Command::Run { study, out, format } => run_command::run(study.as_deref(), &out, format),
        Command::Check { study } => run_command::check(study.as_deref()),
        Command::Doctor { study } => run_command::doctor(study.as_deref()),
        Command::Accounts { command } => accounts_command::run(&command),
        Command::Bench { products, regions, shock, format } => {
            bench_command::run(products, regions, shock, format)
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            eprintln!("{}", stop.message.trim_end());
            ExitCode::from(stop.code)
        }
    }
}
