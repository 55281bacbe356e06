//! What the demo takes.

use crate::cli::{file::file, number::port};
use clap::Args;
use std::path::PathBuf;

/// How to show it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate demo
  ideogate demo --once
  ideogate demo --port 9000 --save picture.png

Nothing reaches Ideogram and nothing costs anything. The data folder is thrown away at the end; \
the picture is kept.")]
pub struct DemoArguments {
    /// Make one call and end; fails if anything did
    #[arg(long)]
    pub once: bool,
    /// The port of the data plane; any free one if 0
    #[arg(long, default_value_t = 0, value_parser = port)]
    pub port: u16,
    /// The port of the control plane; any free one if 0
    #[arg(long, default_value_t = 0, value_parser = port)]
    pub admin_port: u16,
    /// Where to save the picture
    #[arg(long, value_name = "FILE", default_value = "ideogate-demo.png", value_parser = file())]
    pub save: PathBuf,
    /// What to draw
    #[arg(long, default_value = "a lighthouse in the morning fog")]
    pub prompt: String,
}
