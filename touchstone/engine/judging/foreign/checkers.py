"""Checkers and interactors of other judges, made into output validators of a package.

Their sources are taken over as they are. A second source file is compiled with them: it runs before
``main``, keeps the submission's output in a file, calls the program once more with the arguments
that its judge would give, and turns its exit status into ours. What a checker prints may hold the
answer, so it goes to the judges' message only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from touchstone.engine.judging.foreign.draft import Draft, language_of

Style = Literal["testlib", "interactor", "hustoj", "qduoj", "lemon", "syzoj", "kattis"]
HEADER = "testlib.h"
STANDARD: dict[str, tuple[str, ...]] = {
    "wcmp": ("case_sensitive",),
    "ncmp": (),
    "icmp": (),
    "yesno": (),
    "nyesno": (),
    "caseicmp": (),
    "rcmp4": ("float_tolerance", "1e-4"),
    "rcmp6": ("float_tolerance", "1e-6"),
    "rcmp9": ("float_tolerance", "1e-9"),
}
"""Checkers that come with testlib and do what the default comparison does with these arguments."""

ADAPTER = """\
// Calls this folder's checker as the judge it was written for would, and translates what it says.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

const std::string style = "@STYLE@";
const double full_points = @FULL@;
const char* const inner = "TOUCHSTONE_INNER";
const int accepted = 42, rejected = 43, failed = 1;

void write_file(const std::string& path, const std::string& text) {
    if (FILE* file = std::fopen(path.c_str(), "w")) {
        std::fputs(text.c_str(), file);
        std::fclose(file);
    }
}

std::string read_file(const char* path) {
    std::string text;
    if (FILE* file = std::fopen(path, "r")) {
        char block[4096];
        size_t size;
        while ((size = std::fread(block, 1, sizeof block, file)) > 0 && text.size() < 100000)
            text.append(block, size);
        std::fclose(file);
    }
    return text;
}

bool spool(const char* path) {
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (out < 0) return false;
    static char block[1 << 16];
    ssize_t size;
    while ((size = read(0, block, sizeof block)) > 0)
        for (ssize_t done = 0; done < size;) {
            ssize_t now = write(out, block + done, size - done);
            if (now < 0) return false;
            done += now;
        }
    close(out);
    return size == 0;
}

int partial(const std::string& feedback, double share) {
    if (share != share || share < 0) return failed;
    if (share == 0) return rejected;
    write_file(feedback + "score_multiplier.txt", std::to_string(share > 1 ? 1.0 : share));
    return accepted;
}

double number_after(const std::string& text, const std::string& word) {
    size_t at = text.find(word);
    return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + word.size(), nullptr);
}

int ruling(int code, const std::string& feedback) {
    if (style == "hustoj") return code == 0 ? accepted : rejected;
    if (style == "qduoj") return code == 0 ? accepted : code == 255 ? failed : rejected;
    if (style == "lemon" || style == "syzoj") {
        if (code != 0) return failed;
        std::string said = read_file(style == "lemon" ? "score.txt" : "said.txt");
        if (said.empty()) return failed;
        return partial(feedback, std::strtod(said.c_str(), nullptr) / 100);
    }
    if (code == 0) return accepted;
    if (code == 7)
        return partial(feedback, number_after(read_file("said.txt"), "points ") / full_points);
    if (code == 1 || code == 2 || code == 4 || code == 8) return rejected;
    if (code >= 16 && code <= 116) return partial(feedback, (code - 16) / 100.0);
    return failed;
}

__attribute__((constructor)) void adapt(int argc, char** argv, char**) {
    if (std::getenv(inner) != nullptr || argc < 4) return;
    const std::string feedback = argv[3];
    char input[4096], answer[4096], output[] = "output.txt", score[] = "score.txt";
    char message[] = "message.txt", hundred[] = "100";
    std::snprintf(input, sizeof input, "%s", argv[1]);
    std::snprintf(answer, sizeof answer, "%s", argv[2]);
    const bool talks = style == "interactor";
    if (!talks && !spool(output)) _exit(failed);
    if (style == "syzoj" && (symlink(input, "input") != 0 || symlink(answer, "answer") != 0 ||
                             symlink(output, "user_out") != 0))
        _exit(failed);
    pid_t child = fork();
    if (child < 0) _exit(failed);
    if (child == 0) {
        int said = open("said.txt", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (said < 0 || dup2(said, 2) < 0 || (!talks && dup2(said, 1) < 0)) _exit(failed);
        setenv(inner, "1", 1);
        char* testlib[] = {argv[0], input, output, answer, nullptr};
        char* hustoj[] = {argv[0], input, answer, output, nullptr};
        char* qduoj[] = {argv[0], input, output, nullptr};
        char* lemon[] = {argv[0], input, output, answer, hundred, score, message, nullptr};
        char* syzoj[] = {argv[0], nullptr};
        char** words = style == "hustoj"  ? hustoj
                       : style == "qduoj" ? qduoj
                       : style == "lemon" ? lemon
                       : style == "syzoj" ? syzoj
                                          : testlib;
        execv("/proc/self/exe", words);
        _exit(failed);
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) _exit(failed);
    int word = ruling(WEXITSTATUS(status), feedback);
    std::string said = read_file("said.txt");
    write_file(feedback + "judgemessage.txt", said);
    if (word == failed) std::fputs(said.c_str(), stderr);
    _exit(word);
}

}  // namespace
"""


def take_over(
    draft: Draft,
    source: str,
    style: Style,
    *,
    language: str = "cpp",
    beside: Mapping[str, bytes] | None = None,
    full_points: float = 1.0,
) -> None:
    """Makes a checker or interactor the problem's output validator, or notes why it was left out.

    Args:
        beside: files that it may include, by name; ``testlib.h`` among them if there is one.
        full_points: of a test, where a checker tells points rather than a share.
    """
    what = "interactor" if style == "interactor" else "checker"
    if language_of(language) != "cpp":
        draft.note(f"{what}_language", language=language)
        return
    lying = {name.rsplit("/", 1)[-1]: data for name, data in (beside or {}).items()}
    wanted = set(re.findall(r'^\s*#\s*include\s*"([^"]+)"', source, re.MULTILINE))
    if HEADER in source and HEADER not in lying:
        draft.note(f"{what}_needs_testlib")
        return
    headers = {name: data for name, data in lying.items() if name in wanted or name == HEADER}
    lost = sorted(name for name in wanted if name not in headers)
    if lost:
        draft.note(f"{what}_include", file=lost[0])
        return
    needed = headers if wanted else {n: d for n, d in headers.items() if n in source}
    draft.validator = {"checker.cpp": source.encode(), **needed}
    if style != "kattis":
        adapter = ADAPTER.replace("@STYLE@", style).replace("@FULL@", repr(float(full_points)))
        draft.validator["adapter.cpp"] = adapter.encode()
    draft.interactive = style == "interactor"


def standard(draft: Draft, name: str) -> bool:
    """Sets the default comparison to do what a standard checker does; False for other checkers."""
    plain = re.sub(r"^std::|\.(cpp|cc|cxx)$", "", name.strip())
    if plain not in STANDARD:
        return False
    draft.rules = STANDARD[plain]
    return True
