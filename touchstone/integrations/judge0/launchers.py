"""Texts that run on the Judge0 server in place of a submission and start it.

They do there what the sandbox does here: say that a source does not compile before it runs, start
it as the main program, and bring an output file out. What they print is read as the program's own
word: whoever forges it gains what any output gains, nothing more.
"""

from __future__ import annotations

PYTHON = """\
import os, stat, sys

CHECK, COLLECT, MOST, MARK = {facts}


def checked():
    for name in CHECK:
        with open(name, "rb") as file:
            source = file.read()
        try:
            code = compile(source, name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
            import traceback

            text = "".join(traceback.format_exception_only(type(error), error))
            sys.stderr.write(MARK + text[:4000])
            sys.stderr.flush()
            os._exit(1)
    return code


def sent(name):
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        return b"missing 0\\n" if error.errno == 2 else b"not_a_plain_file 0\\n"
    about = os.fstat(fd)
    if not stat.S_ISREG(about.st_mode):
        return b"not_a_plain_file 0\\n"
    if about.st_size > MOST:
        return b"too_large 0\\n"
    with open(fd, "rb") as file:
        content = file.read(MOST)
    return b"file %d\\n" % len(content) + content


def main():
    code = checked()
    if COLLECT:
        child = os.fork()
        if child:
            status = os.waitpid(child, 0)[1]
            with open(1, "wb", closefd=False) as out:
                out.write(sent(COLLECT))
            if os.WIFSIGNALED(status):
                os.kill(os.getpid(), os.WTERMSIG(status))
            os._exit(os.WEXITSTATUS(status))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "surrogateescape"),
                           (sys.stderr, "backslashreplace")):
        stream.reconfigure(encoding="utf-8", errors=errors)
    sys.argv[0] = CHECK[-1]
    module = type(sys)("__main__")
    module.__file__ = CHECK[-1]
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    try:
        exec(code, module.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        trace = error.__traceback__
        sys.excepthook(type(error), error, trace.tb_next if trace else None)
        sys.exit(1)


main()
"""

JAVASCRIPT = """\
const fs = require('fs'), vm = require('vm'), path = require('path'), Module = require('module');
const [main, mark] = {facts};
try {{
  const text = fs.readFileSync('solution.js', 'utf8').replace(/^\\uFEFF/, '').replace(/^#!.*/, '');
  new vm.Script(Module.wrap(text), {{ filename: 'solution.js' }});
}} catch (error) {{
  fs.writeSync(2, mark + String(error.stack).slice(0, 4000));
  process.exit(1);
}}
process.argv[1] = path.resolve(main);
Module.runMain();
"""

JAVA = """\
public class Main {{
    public static void main(String[] words) throws Throwable {{ {name}.main(words); }}
}}
"""
