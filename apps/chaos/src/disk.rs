//! A disk that can lose its power: what a copy of it holds is what would be there after the lights went out.
//!
//! An XFS file holds an ext4 image, mounted over a loop device. A reflink copy of the image is the disk at that instant
//! without the page cache of the file system in it: what was not forced to the disk is not in the copy.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;

/// Room for copies.
const OUTER_BYTES: u64 = 3 << 30;
/// Room for an installation.
const INNER_BYTES: u64 = 512 << 20;

/// The rig, mounted; unmount it with [`Disk::clear`].
#[derive(Debug)]
pub(crate) struct Disk {
    folder: PathBuf,
    mounted: Vec<PathBuf>,
}

impl Disk {
    /// Builds the rig below a folder that is on a real file system.
    ///
    /// # Errors
    ///
    /// If the machine cannot: it takes root, loop devices and `mkfs.xfs`.
    pub(crate) async fn plug_in(folder: &Path) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        let mut disk = Self {
            folder: folder.to_owned(),
            mounted: Vec::new(),
        };
        if let Err(error) = disk.build().await {
            let cleared = disk.clear().await;
            return Err(error.context(format!("no disk to cut off here ({cleared:?})")));
        }
        Ok(disk)
    }

    async fn build(&mut self) -> Result<()> {
        let outer = self.folder.join("outer.img");
        File::create(&outer)?.set_len(OUTER_BYTES)?;
        run("mkfs.xfs", &["-q", "-m", "reflink=1", text(&outer)?]).await?;
        self.mount(&outer, "outer").await?;
        let image = self.image();
        File::create(&image)?.set_len(INNER_BYTES)?;
        run("mkfs.ext4", &["-q", text(&image)?]).await?;
        self.mount(&image, "disk").await
    }

    /// Where the disk's files are.
    pub(crate) fn files(&self) -> PathBuf {
        self.folder.join("disk")
    }

    /// Forces everything to the disk: what is there before an experiment is not its subject.
    pub(crate) async fn settle(&self) -> Result<()> {
        run("sync", &["-f", text(&self.files())?]).await
    }

    /// Copies the disk as it is now, without what is only in memory.
    pub(crate) async fn cut(&self) -> Result<()> {
        let copy = self.copy();
        run(
            "cp",
            &["--reflink=always", text(&self.image())?, text(&copy)?],
        )
        .await
    }

    /// Goes on with the last copy: what was written since is gone. Nobody may have a file of the disk open.
    pub(crate) async fn power_on(&mut self) -> Result<()> {
        self.unmount("disk").await?;
        fs::rename(self.copy(), self.image())?;
        self.mount(&self.image(), "disk").await
    }

    /// Takes the rig away.
    pub(crate) async fn clear(mut self) -> Result<()> {
        for name in ["disk", "outer"] {
            if self.mounted.contains(&self.folder.join(name)) {
                self.unmount(name).await?;
            }
        }
        fs::remove_dir_all(&self.folder)?;
        Ok(())
    }

    fn image(&self) -> PathBuf {
        self.folder.join("outer/disk.img")
    }

    fn copy(&self) -> PathBuf {
        self.folder.join("outer/copy.img")
    }

    async fn mount(&mut self, image: &Path, name: &str) -> Result<()> {
        let place = self.folder.join(name);
        fs::create_dir_all(&place)?;
        run("mount", &["-o", "loop", text(image)?, text(&place)?]).await?;
        self.mounted.push(place);
        Ok(())
    }

    async fn unmount(&mut self, name: &str) -> Result<()> {
        let place = self.folder.join(name);
        run("umount", &[text(&place)?]).await?;
        self.mounted.retain(|mounted| *mounted != place);
        Ok(())
    }
}

async fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let output = Command::new(program).args(arguments).output().await;
    let output = output.with_context(|| format!("{program} cannot be run"))?;
    if output.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    bail!("{program} {}: {}", arguments.join(" "), told.trim())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is text")
}
