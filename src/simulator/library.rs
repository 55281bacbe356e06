//! Models and data sets.
//!
//! They take no places. One model is there from the start; what is added is lost when the process ends.

use parking_lot::{Mutex, MutexGuard};
use serde_json::{Value as Json, json};

/// How many data sets, and how many models, there can be.
/// More are answered as if they had been added, and are then not found.
const MOST: usize = 1000;
/// How many files a training needs.
///
/// A smaller one is refused, and not billed.
const FEWEST_FILES: usize = 15;

/// Models and data sets of the account.
///
/// One for all keys, as they are all of one account.
#[derive(Debug)]
pub struct Library {
    /// What it holds.
    shelves: Mutex<Shelves>,
}

/// The models and data sets, in the order they were added.
#[derive(Debug, Default)]
struct Shelves {
    /// The models as answers show them.
    models: Vec<Json>,
    /// The data sets.
    datasets: Vec<Dataset>,
}

/// A data set. Of its files only the number is known.
#[derive(Debug)]
struct Dataset {
    /// Its name for machines.
    id: String,
    /// What answers show of it.
    shown: Json,
    /// How many files were uploaded.
    files: usize,
    /// The models that were trained with it.
    models: Vec<String>,
}

/// Why a training does not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoTraining {
    /// There is no such data set.
    UnknownDataset,
    /// It holds fewer than 15 files.
    TooFewFiles,
}

impl Library {
    /// Returns a library with the one model.
    pub(super) fn new() -> Self {
        let shelves = Shelves { models: vec![example()], datasets: Vec::new() };
        Self { shelves: Mutex::new(shelves) }
    }

    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock()
    }

    /// Returns all models.
    pub(super) fn models(&self) -> Json {
        json!({"models": self.lock().models})
    }

    /// Returns one model.
    ///
    /// `None` where there is none of that name.
    pub(super) fn model(&self, id: &str) -> Option<Json> {
        let shelves = self.lock();
        let model = shelves.models.iter().find(|model| model["model_id"] == id)?;
        Some(json!({"model": model}))
    }

    /// Returns all data sets.
    pub(super) fn datasets(&self) -> Json {
        json!({"datasets": self.lock().datasets.iter().map(|set| &set.shown).collect::<Vec<_>>()})
    }

    /// Returns one data set.
    ///
    /// `None` where there is none of that name. The files are made-up names without sizes.
    pub(super) fn dataset(&self, id: &str) -> Option<Json> {
        let shelves = self.lock();
        let set = shelves.datasets.iter().find(|set| set.id == id)?;
        let files: Vec<_> = (0..set.files)
            .map(|index| json!({"file_name": format!("{index}.png"), "file_size_bytes": null}))
            .collect();
        Some(json!({"dataset": set.shown, "file_count": set.files, "files": files,
            "custom_model_ids": set.models}))
    }

    /// Adds a data set.
    ///
    /// Two may have the same name, as their ids differ.
    pub(super) fn add_dataset(&self, id: String, name: &str, now: &str) -> Json {
        let shown = json!({"dataset_id": id, "name": name, "user_id": "simulator",
            "creation_time": now});
        let mut shelves = self.lock();
        if shelves.datasets.len() < MOST {
            let set = Dataset { id, shown: shown.clone(), files: 0, models: Vec::new() };
            shelves.datasets.push(set);
        }
        shown
    }

    /// Adds files to a data set.
    ///
    /// `None` where there is no such data set. None of the files ever fails.
    pub(super) fn upload(&self, id: &str, files: usize) -> Option<Json> {
        let mut shelves = self.lock();
        let set = shelves.datasets.iter_mut().find(|set| set.id == id)?;
        let first = set.files;
        set.files += files;
        let asset = |index| {
            json!({"asset_identifier": {"asset_type": "UPLOAD", "asset_id": format!("{id}-{index}")},
                "file_name": format!("{index}.png")})
        };
        let assets: Vec<_> = (first..set.files).map(asset).collect();
        Some(json!({"total_count": files, "success_count": files, "failure_count": 0,
            "successful_assets": assets, "failed_assets": []}))
    }

    /// Starts a training.
    ///
    /// It never ends: the model stays in training.
    pub(super) fn train(
        &self,
        dataset: &str,
        (id, name): (&str, &str),
        now: &str,
    ) -> Result<Json, NoTraining> {
        let mut shelves = self.lock();
        let found = shelves.datasets.iter_mut().find(|set| set.id == dataset);
        let set = found.ok_or(NoTraining::UnknownDataset)?;
        if set.files < FEWEST_FILES {
            return Err(NoTraining::TooFewFiles);
        }
        set.models.push(id.to_owned());
        if shelves.models.len() < MOST {
            shelves.models.push(model((id, name), "TRAINING", dataset, now));
        }
        Ok(json!({"model_id": id, "dataset_id": dataset, "model_name": name,
            "training_status": "TRAINING"}))
    }
}

/// Returns a model as answers show it.
fn model((id, name): (&str, &str), status: &str, dataset: &str, now: &str) -> Json {
    json!({"model_id": id, "custom_model_uri": format!("model/{id}/version/0"), "name": name,
        "status": status, "dataset_id": dataset, "creation_time": now, "last_update_time": now,
        "is_available_for_generation": status == "COMPLETED", "is_owned": true,
        "training_runs": []})
}

/// Returns the model that is always there.
fn example() -> Json {
    let named = ("simulated-model", "Simulated model");
    model(named, "COMPLETED", "simulated-dataset", "2026-01-01T00:00:00Z")
}
