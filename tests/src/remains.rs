//! What a test that failed leaves for whoever looks into it.

use crate::platform::Platform;

/// How many lines of each part are shown at once, and how many characters of each: so few that
/// what failed, which stands above them, is not out of sight.
const LAST: usize = 5;
const WIDTH: usize = 240;

impl Drop for Platform {
    /// A test that failed shows what the parts said last, and keeps all that they said.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        for instance in self.instances() {
            let log = self.log_of(instance);
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("--- {instance}");
            for line in &lines[lines.len().saturating_sub(LAST)..] {
                eprintln!("{}", line.chars().take(WIDTH).collect::<String>());
            }
        }
        let kept = std::env::temp_dir().join(format!("medilink-failed-{}", std::process::id()));
        let _ = std::fs::create_dir_all(&kept);
        let files = std::fs::read_dir(self.folder()).into_iter().flatten();
        for file in files
            .flatten()
            .filter(|file| file.path().extension() == Some("log".as_ref()))
        {
            let _ = std::fs::copy(file.path(), kept.join(file.file_name()));
        }
        eprintln!("--- all of it is in {}", kept.display());
    }
}
