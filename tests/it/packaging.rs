//! What the Debian package installs: the unit, its user, the device rules.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const UNIT: &str = "systemd/posd.service";
/// In tenths, as `systemd-analyze security` counts: 1.5.
const EXPOSURE_MAX: &str = "15";

#[test]
fn unit_verifies() -> Result<(), Box<dyn Error>> {
    let Some(analyze) = tool("systemd-analyze", "unit_verifies")? else {
        return Ok(());
    };
    // The verifier wants the program to exist: give it the one that was just built.
    let installed = "/usr/bin/posd";
    let unit = fs::read_to_string(Path::new(ROOT).join(UNIT))?;
    assert!(unit.contains(&format!(
        "\nExecStart={installed} run --config /etc/posd/posd.toml\n"
    )));
    let here = unit.replace(installed, env!("CARGO_BIN_EXE_posd"));
    // Unknown keys are only warned about: anything said is a fault.
    assert_eq!(verify(&analyze, "good", &here)?, "");
    // Units name each other: from the second time on all of them are there.
    for pass in 0..2 {
        for (file, _) in units()? {
            let text = fs::read_to_string(&file)?.replace(installed, env!("CARGO_BIN_EXE_posd"));
            let name = file.file_name().and_then(|name| name.to_str());
            let said = verify_as(&analyze, "all", name.unwrap_or_default(), &text)?;
            assert!(pass == 0 || said.is_empty(), "{}: {said}", file.display());
        }
    }
    let wrong = here.replace("NoNewPrivileges=", "NoNewPriviledges=");
    assert_ne!(
        verify(&analyze, "wrong", &wrong)?,
        "",
        "a misspelt key went unnoticed"
    );
    Ok(())
}

#[test]
fn unit_is_sandboxed() -> Result<(), Box<dyn Error>> {
    let Some(analyze) = tool("systemd-analyze", "unit_is_sandboxed")? else {
        return Ok(());
    };
    for (file, _) in units()?.iter().filter(|(_, kind)| kind == "service") {
        let output = Command::new(&analyze)
            .args([
                "security",
                "--offline=yes",
                "--no-pager",
                "--threshold",
                EXPOSURE_MAX,
            ])
            .arg(file)
            .output()?;
        assert!(output.status.success(), "{}", everything(&output));
    }
    Ok(())
}

#[test]
fn every_relaxed_line_says_why() -> Result<(), Box<dyn Error>> {
    for (file, _) in units()? {
        for paragraph in fs::read_to_string(&file)?.split("\n\n") {
            let mut reason = false;
            for line in paragraph.lines() {
                reason |= line.starts_with("# Relaxed: ");
                let relaxed = line.ends_with("=no") || line.starts_with("DeviceAllow=");
                assert!(
                    reason || !relaxed,
                    "{}: {line}: say why, in a line \"# Relaxed: …\"",
                    file.display()
                );
            }
        }
    }
    let unit = fs::read_to_string(Path::new(ROOT).join(UNIT))?;
    assert!(unit.contains("\nDevicePolicy=closed\n"));
    let devices: Vec<_> = unit
        .lines()
        .filter_map(|line| line.strip_prefix("DeviceAllow="))
        .collect();
    assert_eq!(
        devices,
        ["char-ttyACM rw", "char-ttyUSB rw", "char-usb_device rw"]
    );
    Ok(())
}

/// The service waits for what the station says, watches its loop, and gives a payment time to end.
#[test]
fn unit_fits_the_station() -> Result<(), Box<dyn Error>> {
    let unit = fs::read_to_string(Path::new(ROOT).join(UNIT))?;
    for line in ["Type=notify", "WatchdogSec=30", "Restart=always"] {
        assert!(unit.lines().any(|it| it == line), "{line}");
    }
    let seconds = unit
        .lines()
        .find_map(|line| line.strip_prefix("TimeoutStopSec="))
        .and_then(|seconds| seconds.parse::<u64>().ok());
    let longest = posd::config::Config::parse(
        "[station]\nname = \"a\"\ndata_dir = \"a\"\n[[terminal]]\nid = \"t\"\nprotocol = \"zvt\"\n\
         address = \"a:1\"\ncurrency = \"NOK\"\n",
    )
    .map(|config| {
        config
            .terminals
            .into_values()
            .map(|it| it.completion_timeout)
    });
    let longest = longest.ok().and_then(Iterator::max).map(|it| it.as_secs());
    assert!(longest.is_some() && seconds > longest);
    let credential = format!("LoadCredentialEncrypted={}", posd::vault::CREDENTIAL);
    assert!(unit.lines().any(|line| line == credential));
    Ok(())
}

/// Every unit, every device rule and all that the package is made of is where its description says.
#[test]
fn package_holds_what_is_there() -> Result<(), Box<dyn Error>> {
    let manifest = fs::read_to_string(Path::new(ROOT).join("Cargo.toml"))?;
    let manifest: toml::Table = manifest.parse()?;
    let package = &manifest["package"]["metadata"]["deb"];
    let assets = package["assets"].as_array().into_iter().flatten();
    let sources: Vec<_> = assets.filter_map(|asset| asset[0].as_str()).collect();
    let is_packaged = |file: &str| {
        sources.iter().any(|source| match source.split_once('*') {
            None => file == *source,
            Some((before, after)) => file
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after))
                .is_some_and(|rest| !rest.contains('/')),
        })
    };
    let mut here = vec!["packaging/posd.toml".to_owned(), "README.md".to_owned()];
    for folder in ["systemd", "udev", "docs", "docs/pictures"] {
        for entry in fs::read_dir(Path::new(ROOT).join(folder))? {
            let entry = entry?;
            if !entry.file_type()?.is_dir() {
                here.push(format!("{folder}/{}", entry.file_name().to_string_lossy()));
            }
        }
    }
    for file in &here {
        assert!(
            is_packaged(file),
            "Cargo.toml, package.metadata.deb.assets: {file} is missing"
        );
    }
    for source in &sources {
        let (folder, _) = source.rsplit_once('/').unwrap_or((".", ""));
        let built = source.starts_with("target/release/");
        assert!(built || Path::new(ROOT).join(folder).is_dir(), "{source}");
    }
    for script in ["postinst", "prerm", "postrm"] {
        let file = Path::new(ROOT).join(package["maintainer-scripts"].as_str().unwrap_or_default());
        let text = fs::read_to_string(file.join(script))?;
        assert!(text.starts_with("#!/bin/sh\nset -e\n"), "{script}");
    }
    let config = fs::read_to_string(Path::new(ROOT).join("packaging/posd.toml"))?;
    assert!(posd::config::Config::parse(&config).is_ok());
    let version = env!("CARGO_PKG_VERSION");
    let changelog = fs::read_to_string(Path::new(ROOT).join("packaging/changelog"))?;
    assert!(changelog.starts_with(&format!("posd ({version}-1) ")));
    Ok(())
}

/// Pages and completions are made from the arguments themselves.
#[test]
fn package_has_a_page_for_each_command() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    for program in [
        Path::new(env!("CARGO_BIN_EXE_posd")),
        crate::store::hw_sim(),
    ] {
        let written = Command::new(program)
            .arg("manual")
            .arg(folder.path())
            .status()?;
        assert!(written.success());
    }
    for file in [
        "posd.1",
        "posd-run.1",
        "hw-sim-terminal.1",
        "posd.bash",
        "_hw-sim",
        "posd.fish",
    ] {
        assert!(folder.path().join(file).is_file(), "{file}");
    }
    assert!(!folder.path().join("posd-manual.1").exists());
    Ok(())
}

/// The arguments and the environment of a process are there for others to see.
#[test]
fn no_secret_is_an_argument() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut posd = Command::new(env!("CARGO_BIN_EXE_posd"));
    assert!(posd.arg("manual").arg(folder.path()).status()?.success());
    let mut options = 0_usize;
    for page in fs::read_dir(folder.path())? {
        let page = page?.path();
        if page.extension().is_none_or(|it| it != "1") {
            continue;
        }
        let text = fs::read_to_string(&page)?.to_lowercase();
        // That one takes what is printed in manuals, and nothing else.
        let text = text
            .replace("\\-\\-password\\fr", "")
            .replace("\\-\\-password\\-file", "");
        for line in text.lines().filter(|it| it.contains("\\fb\\-\\-")) {
            options += 1;
            for word in ["password", "passwd", "secret", "token", "api\\-key", "code"] {
                let named = format!("\\-\\-{word}");
                assert!(!line.contains(&named), "{}: {line}", page.display());
            }
        }
        assert!(!text.contains("[env: "), "{}", page.display());
    }
    assert!(options > 20, "only {options}");
    Ok(())
}

/// The helper for readers has one argument, and its page is written by hand.
#[test]
fn the_page_of_the_reader_helper_has_all_it_takes() -> Result<(), Box<dyn Error>> {
    let page = fs::read_to_string(Path::new(ROOT).join("packaging/posd-nfc.1"))?;
    let page = page.replace("\\fR", "").replace("\\fB", "");
    let page = page.replace("\\fI", "");
    let Err(told) = posd::nfc::words::Connection::parse("") else {
        return Err("nothing is a connection".into());
    };
    let forms = told.trim_start_matches("must be ").replace(" or ", ", ");
    for form in forms.split(", ") {
        assert!(page.contains(&format!("\n.B {form}\n")), "{form}");
    }
    let manifest = fs::read_to_string(Path::new(ROOT).join("Cargo.toml"))?;
    let manifest: toml::Table = manifest.parse()?;
    let variant = &manifest["package"]["metadata"]["deb"]["variants"]["nfc"];
    let added = variant["merge-assets"]["append"].as_array();
    let mut added = added.into_iter().flatten();
    assert!(added.any(|asset| asset[0].as_str() == Some("packaging/posd-nfc.1")));
    Ok(())
}

#[test]
fn unit_user_and_device_group_are_created() -> Result<(), Box<dyn Error>> {
    let unit = fs::read_to_string(Path::new(ROOT).join(UNIT))?;
    assert!(unit.contains("\nUser=posd\nGroup=posd\n"));
    let users = fs::read_to_string(Path::new(ROOT).join("systemd/posd.sysusers"))?;
    let created = users
        .lines()
        .map(|line| line.split_whitespace().take(2).collect::<Vec<_>>());
    assert_eq!(created.filter(|line| *line == ["u", "posd"]).count(), 1);
    Ok(())
}

/// libnfc can end its process: whatever is switched on, only the helper links it.
#[test]
fn the_station_does_not_link_libnfc() -> Result<(), Box<dyn Error>> {
    let links = |program: &str| -> io::Result<bool> {
        let library = b"libnfc.so";
        let bytes = fs::read(program)?;
        Ok(bytes.windows(library.len()).any(|found| found == library))
    };
    assert!(!links(env!("CARGO_BIN_EXE_posd"))?);
    #[cfg(feature = "nfc")]
    assert!(links(env!("CARGO_BIN_EXE_posd-nfc"))?);
    Ok(())
}

#[test]
fn device_rules_have_their_shape() -> Result<(), Box<dyn Error>> {
    for (file, what) in [
        ("70-posd-terminals.rules", "POSD_TERMINAL"),
        ("71-posd-nfc.rules", "POSD_READER"),
    ] {
        let text = fs::read_to_string(Path::new(ROOT).join("udev").join(file))?;
        let rules = text.lines().zip(1..);
        let rules = rules.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
        let mut named = BTreeSet::new();
        let mut is_given = false;
        for (line, number) in rules {
            let faults = faults_of_rule(line, what);
            assert!(faults.is_empty(), "{file}:{number}: {faults:?}");
            is_given |= line.contains("GROUP=");
            assert!(
                named.insert(line) && is_given == line.contains("GROUP="),
                "{file}:{number}: is there twice, or behind what names are given by"
            );
        }
        assert!(is_given && named.len() > 5, "{file}");
    }
    Ok(())
}

#[test]
fn a_wrong_device_rule_is_found() {
    let ids = r#"ATTRS{idVendor}=="0b00", ATTRS{idProduct}=="0080""#;
    let names = r#"ENV{POSD_TERMINAL}="a""#;
    let gives = r#"SUBSYSTEM=="tty", ENV{POSD_TERMINAL}=="?*""#;
    let all = r#"GROUP="posd", MODE="0660", TAG+="systemd", SYMLINK+="posd/a""#;
    let faults = |line: &str| faults_of_rule(line, "POSD_TERMINAL");
    for good in [
        format!(r#"SUBSYSTEM=="tty", {ids}, {names}"#),
        format!(r#"SUBSYSTEM=="tty", ATTRS{{idVendor}}=="0b00", {names}"#),
        format!("{gives}, {all}"),
    ] {
        assert_eq!(faults(&good), Vec::<&str>::new(), "{good}");
    }
    let reader = r#"SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ATTR{idVendor}=="072f", ATTR{idProduct}=="2200", ENV{POSD_READER}="a""#;
    assert!(faults_of_rule(reader, "POSD_READER").is_empty());
    for wrong in [
        reader.replace("ENV{DEVTYPE}==\"usb_device\", ", ""),
        reader.replace(", ATTR{idProduct}==\"2200\"", ""),
        reader.replace("072f", "072F"),
    ] {
        assert!(!faults_of_rule(&wrong, "POSD_READER").is_empty(), "{wrong}");
    }
    for wrong in [
        format!("{ids}, {names}"),
        format!(r#"SUBSYSTEM=="tty", {names}"#),
        format!(r#"SUBSYSTEM=="tty", {ids}"#),
        format!(r#"SUBSYSTEM=="tty", {ids}, {names}, MODE="0660""#),
        format!(r#"SUBSYSTEM=="tty", {all}"#),
        format!("{gives}, {}", all.replace("0660", "0666")),
        format!(
            "{gives}, {}",
            all.replace("posd\", MODE", "dialout\", MODE")
        ),
        format!(
            "{gives}, {}",
            all.replace(r#"TAG+="systemd""#, r#"TAG+="uaccess""#)
        ),
        format!("{gives}, {}", all.replace("posd/a", "a")),
        format!(r#"{gives}, {all}, RUN+="/bin/sh""#),
    ] {
        assert!(!faults(&wrong).is_empty(), "{wrong}");
    }
}

/// A rule says by what ids a device is known, and gives it a kind in `what`; or it gives those that have
/// a kind their group, rights and names.
fn faults_of_rule(line: &str, what: &str) -> Vec<&'static str> {
    let keys: Vec<_> = line.split(", ").collect();
    let has = |key: &str| keys.contains(&key);
    let begins = |start: &str| keys.iter().any(|key| key.starts_with(start));
    let is_id = |key: &&str| {
        let id = key
            .split_once("\"")
            .map_or("", |(_, id)| id)
            .trim_matches('"');
        id == "?*" || (id.len() == 4 && id.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')))
    };
    // A terminal is a serial port with a name; a reader is a whole USB device, and one kind of it.
    let is_reader = what == "POSD_READER";
    let kind = format!("ENV{{{what}}}=\"");
    let gives = has(&format!("ENV{{{what}}}==\"?*\""));
    let names_vendor = match is_reader {
        true => {
            has(r#"ENV{DEVTYPE}=="usb_device""#)
                && begins("ATTR{idVendor}==")
                && begins("ATTR{idProduct}==")
        }
        false => begins("ATTRS{idVendor}=="),
    };
    let mut ids = keys.iter().filter(|key| key.starts_with("ATTR"));
    let is_allowed = |key: &&str| {
        [
            "SUBSYSTEM==",
            "ENV{",
            "ATTR",
            "GROUP=\"posd\"",
            "MODE=\"0660\"",
            "SYMLINK+=\"posd/",
            "TAG+=\"systemd\"",
        ]
        .iter()
        .any(|start| key.starts_with(start))
    };
    let has_all = has(r#"GROUP="posd""#)
        && has(r#"MODE="0660""#)
        && has(r#"TAG+="systemd""#)
        && begins("SYMLINK+=\"posd/");
    let subsystem = if is_reader {
        r#"SUBSYSTEM=="usb""#
    } else {
        r#"SUBSYSTEM=="tty""#
    };
    [
        (has(subsystem), "matches more than serial ports or readers"),
        (
            gives || names_vendor,
            "names no vendor and follows no rule that does",
        ),
        (
            ids.all(is_id),
            "an id is four lower-case hexadecimal digits",
        ),
        (gives || begins(&kind), "gives no kind"),
        (
            gives == has_all,
            "group, rights, tag and name come together, behind all ids",
        ),
        (keys.iter().all(is_allowed), "does something else"),
        (gives || !begins("MODE"), "gives rights by an id"),
    ]
    .into_iter()
    .filter_map(|(right, fault)| (!right).then_some(fault))
    .collect()
}

/// The units, with their kinds.
fn units() -> io::Result<Vec<(PathBuf, String)>> {
    let mut units = Vec::new();
    for entry in fs::read_dir(Path::new(ROOT).join("systemd"))? {
        let file = entry?.path();
        let kind = file.extension().and_then(|kind| kind.to_str());
        if let Some(kind @ ("service" | "socket" | "timer")) = kind {
            let kind = kind.to_owned();
            units.push((file, kind));
        }
    }
    Ok(units)
}

/// What `systemd-analyze verify` says about `unit`: nothing, when all is well.
fn verify(analyze: &Path, case: &str, unit: &str) -> Result<String, Box<dyn Error>> {
    verify_as(analyze, case, "posd.service", unit)
}

fn verify_as(analyze: &Path, case: &str, name: &str, unit: &str) -> Result<String, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("packaging")
        .join(case);
    fs::create_dir_all(&folder)?;
    let file = folder.join(name);
    fs::write(&file, unit)?;
    let output = Command::new(analyze)
        .args(["verify", "--man=no"])
        .arg(&file)
        .output()?;
    Ok(everything(&output))
}

fn everything(output: &Output) -> String {
    let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&said).trim().to_owned()
}

/// Finds a program; when it is absent, says past the test runner's capture that `test` was skipped.
fn tool(name: &str, test: &str) -> io::Result<Option<PathBuf>> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        writeln!(
            io::stderr(),
            "SKIPPED packaging::{test}: {name} is not installed"
        )?;
    }
    Ok(found)
}
