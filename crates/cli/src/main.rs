//! The ironbelt command line: arguments in, files and text out.
//!
//! | exit | meaning                          |
//! |------|----------------------------------|
//! | 0    | done                             |
//! | 1    | a file could not be written, or a bug |
//! | 2    | wrong usage                      |
//! | 3    | the input has errors             |
//! | 4    | a year or a scenario did not solve |
//! | 5    | the benchmark does not replicate |
//!
//! Not here: anything that computes.

#[macro_use]
mod output;

/// A line on standard error; nobody there to read it is no failure.
macro_rules! say {
    ($($argument:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($argument)*);
    }};
}

mod accounts_command;
mod analyse_command;
mod balance_command;
mod baseline_command;
mod bench_command;
mod calibrate_command;
mod export_command;
mod files;
mod impact_command;
mod implied_command;
mod import_command;
mod mix_command;
mod model_command;
mod negative_list_command;
mod regionalise_command;
mod render;
mod run_command;
mod sensitivity_command;
mod serve_command;
mod solve_command;
mod tables;
mod targets_command;
mod why_command;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

/// Exit code for wrong usage.
const USAGE: u8 = 2;
/// Exit code for errors of the input.
const INPUT: u8 = 3;
/// Exit code for a year or a scenario that did not solve.
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
    Run(run_command::Options),
    /// The path without the programme: macro variables, and what was found for those on given paths.
    Baseline {
        /// Study file; without one, the Liaoning study that ships with the program.
        study: Option<PathBuf>,
        /// What to print.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// How likely the targets of a study are: many draws of its whole path.
    Targets(targets_command::Options),
    /// Score a forecast of `targets` against what came out.
    Score {
        /// `forecast.json` of `ironbelt targets`.
        forecast: PathBuf,
        /// Table with columns `target`, `year`, `value` in the units of the forecast.
        outturns: PathBuf,
        /// What to print.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Update numbers of a study from history: the process of inflows, elasticities; fit before and
    /// after.
    Calibrate(calibrate_command::Options),
    /// The cheapest mix of levers that reaches the targets of a study.
    Mix(mix_command::Options),
    /// What a number of a study depends on: parameters, levers, exogenous variables.
    Sensitivity(sensitivity_command::Options),
    /// Why a number moved: the terms of its own formula, followed from one to the next.
    Why(why_command::Options),
    /// Check a study file without running it.
    Check {
        /// Study file; without one, the Liaoning study that ships with the program.
        study: Option<PathBuf>,
        /// What to print.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Check every law of the model on a study's own accounts and closure.
    Doctor {
        /// Study file; without one, the Liaoning study that ships with the program.
        study: Option<PathBuf>,
        /// What to print.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// What the model itself implies, measured on runs, beside published figures.
    Implied {
        /// Study file; without one, the Liaoning study that ships with the program.
        study: Option<PathBuf>,
        /// What to print.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Solve a general equilibrium model of your own, written as nested CES blocks.
    Solve(solve_command::Options),
    /// Build, check and show regional accounts.
    Accounts {
        #[command(subcommand)]
        command: accounts_command::Command,
    },
    /// Analyse an input-output table: multipliers, linkages, footprints, value added in trade.
    Analyse(analyse_command::Arguments),
    /// Impact of building or working a plant: direct, indirect, induced; gross, displaced, net.
    Impact(impact_command::Arguments),
    /// Run a database of a known family of models.
    Model {
        #[command(subcommand)]
        command: model_command::Command,
    },
    /// Open the workspace: a web application on this machine to look, change, compare, hand over.
    Serve(serve_command::Options),
    /// List, export and import the studies of a workspace.
    Workspace {
        #[command(subcommand)]
        command: serve_command::Command,
    },
    /// Manage the people who may use a workspace, with their roles and passwords.
    User {
        #[command(subcommand)]
        command: serve_command::UserCommand,
    },
    /// Score a negative list: text rules to restrictiveness and barriers by industry.
    NegativeList(negative_list_command::Options),
    /// Solve a synthetic economy of any size and print what it took: margins on every route, domestic
    /// and foreign firms.
    Bench(bench_command::Bench),
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

/// Panics that are caught become findings; those of readers of damaged workbooks are not printed too.
fn quiet_while_trying() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !formats::workbook::trying() {
            usual(panic);
        }
    }));
}

fn main() -> ExitCode {
    quiet_while_trying();
    let asked = Arguments::parse().command;
    let run = || Arguments::parse_from(["ironbelt", "run"]).command.expect("a command is given");
    let command = asked.unwrap_or_else(run);
    let ended = match command {
        Command::Run(options) => run_command::run(&options),
        Command::Baseline { study, format } => baseline_command::run(study.as_deref(), format),
        Command::Sensitivity(options) => sensitivity_command::run(&options),
        Command::Why(options) => why_command::run(&options),
        Command::Targets(options) => targets_command::run(&options),
        Command::Score { forecast, outturns, format } => {
            targets_command::score(&forecast, &outturns, format)
        }
        Command::Calibrate(options) => calibrate_command::run(&options),
        Command::Mix(options) => mix_command::run(&options),
        Command::Check { study, format } => run_command::check(study.as_deref(), format),
        Command::Doctor { study, format } => run_command::doctor(study.as_deref(), format),
        Command::Implied { study, format } => implied_command::run(study.as_deref(), format),
        Command::Solve(options) => solve_command::run(&options),
        Command::Accounts { command } => accounts_command::run(&command),
        Command::Analyse(arguments) => analyse_command::run(&arguments),
        Command::Impact(arguments) => impact_command::run(&arguments),
        Command::Model { command } => model_command::run(&command),
        Command::Serve(options) => serve_command::serve(&options),
        Command::Workspace { command } => serve_command::run(&command),
        Command::User { command } => serve_command::run_user(&command),
        Command::NegativeList(options) => negative_list_command::run(&options),
        Command::Bench(asked) => bench_command::run(&asked),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            if !stop.message.is_empty() {
                say!("{}", stop.message.trim_end());
            }
            ExitCode::from(stop.code)
        }
    }
}
