//! What is in the repository: the files that git tracks or would track.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// A text file of the repository.
#[derive(Debug, Clone)]
pub struct File {
    /// Relative to the repository's root, with forward slashes.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl File {
    /// Whether it is Rust source.
    pub fn is_rust(&self) -> bool {
        self.has_extension("rs")
    }

    /// Whether its name ends in a dot and `extension`.
    pub fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|it| it == extension)
    }

    /// Whether it lies under `folder`, given without a slash at its end.
    pub fn is_under(&self, folder: &str) -> bool {
        self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// The repository's root, two folders above this crate.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every text file that git tracks, or would if it were added: ignored files are
/// left out, and so are files that are not UTF-8.
///
/// # Errors
///
/// When git is missing or `root` is no checkout, or a file cannot be read.
pub fn files(root: &Path) -> io::Result<Vec<File>> {
    let mut files = Vec::new();
    for path in paths(root)? {
        match fs::read(root.join(&path)) {
            Ok(bytes) => {
                if let Ok(text) = String::from_utf8(bytes) {
                    files.push(File { path, text });
                }
            }
            // Deleted, but not yet from git's index.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(files)
}

fn paths(root: &Path) -> io::Result<Vec<String>> {
    let output = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z"])
        .args(["--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(format!("git ls-files: {reason}")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).split_terminator('\0').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::file;

    #[test]
    fn this_very_file_is_in_the_tree() {
        let files = files(&root()).unwrap();
        let this = files.iter().find(|file| file.path == "crates/tidy/src/tree.rs");
        assert!(this.unwrap().is_rust());
        assert!(!files.iter().any(|file| file.is_under("target")));
    }

    #[test]
    fn a_folder_is_not_a_prefix_of_a_name() {
        assert!(file("crates/http/src/lib.rs", "").is_under("crates/http"));
        assert!(!file("crates/http2/src/lib.rs", "").is_under("crates/http"));
    }
}
