//! The program: argv in, readings out, messages on standard error, an exit code.

mod args;
mod ask_args;

mod account;
mod analyze;
mod check;
mod demo;
mod explain;
mod export;
mod keep;
mod question;
mod read;
mod serve;
mod settle;
mod watch;

mod answer;
mod marks;
mod page;
mod paint;
mod table;

mod output;
mod progress;
mod work;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Verb};

/// How a run ended; the codes are documented in `--help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// All went well.
    Fine,
    /// Something was read, something was not.
    SomeFailed,
}

fn main() -> ExitCode {
    match run(Args::parse().verb) {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::SomeFailed) => ExitCode::from(3),
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::message(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs a verb.
fn run(verb: Verb) -> anyhow::Result<Outcome> {
    match verb {
        Verb::Read(args) => read::run(&args),
        Verb::Analyze(args) => analyze::run(&args),
        Verb::Explain(args) => explain::run(&args),
        Verb::Add(args) => keep::add(&args),
        Verb::Watch(args) => watch::run(&args),
        Verb::Demo(args) => demo::run(&args),
        Verb::Reread(args) => keep::reread(&args),
        Verb::Resolve(args) => settle::run(&args),
        Verb::Doctor(args) => keep::doctor(&args),
        Verb::Ask(verb) => question::run(&verb),
        Verb::Serve(args) => serve::run(&args),
        Verb::Account(args) => account::run(&args),
        Verb::Check(args) => check::run(&args),
    }
}
