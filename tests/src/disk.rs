//! A disk in memory of a server's own, which a test can fill up. Only root may mount it.

use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sys::statvfs::statvfs;

/// More than the servers ask for before they start; memory is taken only as it is written.
const SIZE: u64 = 4 << 30;
const NAME: &str = "medilink-test-";

/// A mounted disk; unmounted when dropped.
#[derive(Debug)]
pub(crate) struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// Mounts one on a folder, which is made.
    ///
    /// # Errors
    /// What `mount` said, such as that this is not root.
    pub fn mount(folder: PathBuf) -> Result<Self, String> {
        unmount_leftovers();
        std::fs::create_dir_all(&folder).unwrap();
        let name = format!("{NAME}{}", std::process::id());
        let options = format!("size={SIZE},mode=0711");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &options, &name])
            .arg(&folder);
        let output = mount.output().map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(Self { folder })
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
    }

    /// Leaves no byte free.
    pub fn fill(&self) {
        // What is in use may grow in between.
        for _ in 0..100 {
            let state = statvfs(&self.folder).unwrap();
            let used = (state.blocks() - state.blocks_free()) * state.fragment_size();
            if self.resize(used.max(1)) {
                return;
            }
        }
        panic!("{} can't be filled", self.folder.display());
    }

    /// As it was.
    pub fn free(&self) {
        assert!(
            self.resize(SIZE),
            "{} can't be enlarged",
            self.folder.display()
        );
    }

    fn resize(&self, bytes: u64) -> bool {
        let options = format!("remount,size={bytes}");
        let status = Command::new("mount")
            .args(["-o", &options])
            .arg(&self.folder)
            .stderr(std::process::Stdio::null())
            .status();
        status.unwrap().success()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        unmount(&self.folder);
    }
}

/// Lazily: a server that was killed may need a moment to end.
fn unmount(folder: &Path) {
    let _ = Command::new("umount").arg("-l").arg(folder).status();
}

/// Those of tests that were killed, which would keep their memory.
fn unmount_leftovers() {
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    for line in mounts.lines() {
        let mut words = line.split(' ');
        let (Some(name), Some(folder)) = (words.next(), words.next()) else {
            continue;
        };
        let owner = name
            .strip_prefix(NAME)
            .and_then(|pid| pid.parse::<u32>().ok());
        if owner.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            unmount(Path::new(folder));
        }
    }
}
