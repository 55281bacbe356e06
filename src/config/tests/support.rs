//! A folder to load settings from.

use crate::config::{FieldErrors, LoadOptions, LoadedSettings, Secrets, Settings};
use std::fs;
use tempfile::TempDir;

/// A working folder with files, and variables.
pub(super) struct Given {
    dir: TempDir,
    file: Option<&'static str>,
    variables: Vec<(String, String)>,
}

impl Given {
    pub(super) fn nothing() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), file: None, variables: Vec::new() }
    }

    pub(super) fn settings(text: &str) -> Self {
        let mut given = Self::nothing().file("ideogate.toml", text);
        given.file = Some("ideogate.toml");
        given
    }

    /// Takes this file for the settings.
    pub(super) fn named(mut self, name: &'static str) -> Self {
        self.file = Some(name);
        self
    }

    pub(super) fn missing_settings() -> Self {
        Self { file: Some("ideogate.toml"), ..Self::nothing() }
    }

    pub(super) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn file(self, name: &str, text: &str) -> Self {
        fs::write(self.dir.path().join(name), text).unwrap();
        self
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    pub(super) fn load(&self) -> Result<LoadedSettings, FieldErrors> {
        Settings::load(LoadOptions {
            file: self.file.map(Into::into),
            variables: self.variables.clone(),
            working_dir: self.dir.path().to_owned(),
        })
    }

    pub(super) fn secrets(&self) -> Result<Secrets, FieldErrors> {
        let loaded = self.load()?;
        Secrets::load(&loaded.settings, &loaded.variables)
    }

    pub(super) fn mistakes(&self) -> String {
        self.load().map(|_| ()).unwrap_err().to_string()
    }
}

/// What is wrong with this file.
pub(super) fn wrong(text: &str) -> String {
    Given::settings(text).mistakes()
}
