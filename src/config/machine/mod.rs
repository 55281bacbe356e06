//! What the machine has to say to the settings: what cannot work is a mistake, what can is a doubt.

mod archive_folder;
mod check;
mod checkpoint_file;
mod data_folder;
mod doubts;
mod open_files;
mod others;

pub use check::Checked;
pub use doubts::Doubts;
pub use open_files::OpenFiles;
pub use others::doubt as open_to_others;
