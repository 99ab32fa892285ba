from tools import fonts


def _package(root, regular=fonts.TRUETYPE + b"regular"):
    folder = root / "node_modules" / fonts.PACKAGE
    for source, content in zip(
        fonts.FILES.values(), (regular, fonts.TRUETYPE + b"bold", b"OFL"), strict=True
    ):
        (folder / source).parent.mkdir(parents=True, exist_ok=True)
        (folder / source).write_bytes(content)
    (folder / "package.json").write_text('{"version": "1.2.3"}', encoding="utf-8")


def test_the_fonts_are_laid_ready_once(tmp_path, capsys):
    _package(tmp_path)
    assert fonts.main([], tmp_path) == 0
    assert (tmp_path / "build/fonts/NotoSans-Bold.ttf").read_bytes() == fonts.TRUETYPE + b"bold"
    assert "bijgewerkt" in capsys.readouterr().out
    assert fonts.main([], tmp_path) == 0
    assert "ongewijzigd" in capsys.readouterr().out


def test_check_finds_a_missing_or_changed_font(tmp_path, capsys):
    _package(tmp_path)
    assert fonts.main(["--check"], tmp_path) == 1
    assert fonts.main([], tmp_path) == 0
    assert fonts.main(["--check"], tmp_path) == 0
    (tmp_path / "build/fonts/NotoSans-Regular.ttf").write_bytes(b"other")
    assert fonts.main(["--check"], tmp_path) == 1
    assert "NotoSans-Regular.ttf" in capsys.readouterr().err


def test_an_absent_package_or_another_kind_of_font_is_refused(tmp_path, capsys):
    assert fonts.main([], tmp_path) == 1
    assert "npm ci" in capsys.readouterr().err
    _package(tmp_path, regular=b"OTTO")
    assert fonts.main([], tmp_path) == 1
    assert "TrueType" in capsys.readouterr().err
