"""uWSGI's INI, a row for each rule: what stands in [uwsgi], and the options that come of it; and where real uWSGI reads otherwise."""

ENVIRON = {"HOME": "/home/me", "STAGE": "live", "EMPTY": "", "A": "$(B)", "B": "b", "LATE": "%(x)"}

# What stands in [uwsgi], and the options that come of it.
LINES = [
    # lines
    ("", []),
    ("processes = 4", ["processes=4"]),
    ("processes=4", ["processes=4"]),
    ("  processes\t=  4 \t\r", ["processes=4"]),
    ("module = a:b = c", ["module=a:b = c"]),
    ("master", ["master="]),
    ("master =", ["master="]),
    ("; processes = 4\n# threads = 2\n \t; x\n", []),
    ("processes = 4 # four", ["processes=4 # four"]),
    ('module = "a:b"', ['module="a:b"']),
    ("module = a\\", ["module=a\\"]),
    ("pythonpath = a\npythonpath = b\npythonpath = a", ["pythonpath=a", "pythonpath=b", "pythonpath=a"]),
    ("Master = TRUE", ["Master=TRUE"]),
    ("[other]\nprocesses = 4\n[uwsgi]\nthreads = 2", ["threads=2"]),
    ("[other\n = garbage \x01\n[uwsgi]\nthreads = 2", ["threads=2"]),
    ("procname = caf\u00e9", ["procname=caf\u00e9"]),
    # magic
    ("a = %d", ["a=/srv/app/conf/"]),
    ("a = %p %s %n %e %c %x.", ["a=/srv/app/conf/my.site.ini my.site.ini my.site ini conf ."]),
    ("a = %o", ["a=conf/my.site.ini"]),
    ("a = %0 %1 %2 %3.", ["a=srv app conf ."]),
    ("a = %v %h %k", ["a=/srv/app web1.example.com 4"]),
    ("a = %u %U %g %G", ["a=33 www-data 34 web"]),
    ("a = %t %T %b %V %i", ["a=1700000000 1700000000123456 /opt/python 2.0.31 77"]),
    ("a = %D%N%E", ["a=/srv/app/conf/my.siteini"]),
    ("a = %[[1m", ["a=\x1b[1m"]),
    ("a = %%Y-%%m", ["a=%Y-%m"]),
    ("%n-x = 1", ["my.site-x=1"]),
    ("a = 5 %Z 6", ["a=5  6"]),
    ("a = 100%\nb = 2", ["a=100%", "b=2"]),
    # $(VARIABLE)
    ("a = $(HOME)/x", ["a=/home/me/x"]),
    ("a = $(NO_SUCH)/x", ["a=$(NO_SUCH)/x"]),
    ("a = $(EMPTY).$(HOME)", ["a=./home/me"]),
    ("a = $(A)", ["a=b"]),
    ("a = $HOME ${HOME} $() $(", ["a=$HOME ${HOME} $() $("]),
    ("a = $(HO$(X)ME)", ["a=$(HO$(X)ME)"]),
    ("x = 1\na = $(LATE)", ["x=1", "a=1"]),
    # @(file)
    ("a = @(secret)", ["a=s3cret"]),
    ("a = @(secret).", ["a=s3cret."]),
    ("a = K=@(secret)-@(secret)", ["a=K=s3cret-s3cret"]),
    ("socket = @abstract", ["socket=@abstract"]),
    ("a = @(lines)", ["a=one\ntwo"]),
    # %(option)
    ("x = 1\na = %(x)", ["x=1", "a=1"]),
    ("a = %(x)\nx = 1", ["a=1", "x=1"]),
    ("a = %(x)\nx = %(y)\ny = %d", ["a=/srv/app/conf/", "x=/srv/app/conf/", "y=/srv/app/conf/"]),
    ("x = 1\nx = 2\na = %(x)", ["x=1", "x=2", "a=1"]),
    ("a = %(nothing)/x", ["a=%(nothing)/x"]),
    ("log-format = %(addr) %(method)", ["log-format=%(addr) %(method)"]),
    ("n = 1\nx1 = y\na = %(x%(n))", ["n=1", "x1=y", "a=y"]),
    ("x = 8\ny = 2\na = %(x + y) %(x - y) %(x * y) %(x / y)", ["x=8", "y=2", "a=10 6 16 4"]),
    ("processes = 2\ncores = 8\na = %(processes cores + 2)", ["processes=2", "cores=8", "a=30"]),
    ("x = 7\na = %(x ++) %(x --)", ["x=7", "a=8 6"]),
    ("x = 7\na = %(x / 0) %(x + no) %(x no)", ["x=7", "a=0 7 7"]),
    ("x = -7\na = %(x / 2)", ["x=-7", "a=-3"]),
    ("x = 9223372036854775807\na = %(x + 1)", ["x=9223372036854775807", "a=-9223372036854775808"]),
    ("x = 12abc\na = %(x + 1)", ["x=12abc", "a=13"]),
    ("x = 99999999999999999999999\na = %(x + 0)", ["x=99999999999999999999999", "a=9223372036854775807"]),
    ("x = 1\na = %( ).%()", ["x=1", "a=%( ).%()"]),
    # set
    ("set = a=b", ["a=b"]),
    ("set = a = b", ["a=b"]),
    ("set-placeholder = base=/srv\nchdir = %(base)/x", ["chdir=/srv/x"]),
    ("set-ph = base=$(HOME)\nchdir = %(base)/x", ["chdir=/home/me/x"]),
    ("set = set=a=b=c", ["a=b=c"]),
    # if
    ("if-env = STAGE\na = %(_)\nendif\nb = 1", ["a=live", "b=1"]),
    ("if-env = STAGE=live\na = 1\nendif", ["a=1"]),
    ("if-env = STAGE=test\na = 1\nendif\nb = 1", ["b=1"]),
    ("ifenv = NO_SUCH\na = 1\nend-if", []),
    ("if-env = EMPTY\na = 1\nend", ["a=1"]),
    ("if-not-env = NO_SUCH\na = 1\nendif", ["a=1"]),
    ("if-not-env = STAGE\na = 1\nendif", []),
    ("if-not-env = STAGE=test\na = %(_)\nendif", ["a=live"]),
    ("x = 1\nif-opt = x\na = %(_)\nendif", ["x=1", "a=1"]),
    ("x = 1\nif-opt = x=2\na = 1\nendif", ["x=1"]),
    ("if-not-opt = x\nx = 1\na = 1\nendif", ["x=1", "a=1"]),
    ("x = 1\nif-not-opt = x=2\na = 1\nendif", ["x=1", "a=1"]),
    ("if-exists = secret\na = %(_)\nendif", ["a=secret"]),
    ("ifexists = conf\na = %(_)\nendif", ["a=conf"]),
    ("if-exists = nothing\na = 1\nendif", []),
    ("if-not-exists = nothing\na = %(_)\nendif", ["a=nothing"]),
    ("if-file = secret\na = 1\nendif\nif-file = conf\nb = 1\nendif", ["a=1"]),
    ("if-not-file = conf\na = 1\nendif", ["a=1"]),
    ("if-dir = conf\na = 1\nendif\nif-directory = secret\nb = 1\nendif\nifdir = conf\nc = 1\nendif", ["a=1", "c=1"]),
    ("if-not-dir = secret\na = 1\nendif", ["a=1"]),
    ("if-reload\na = 1\nendif", []),
    ("if-not-reload\na = %(_)\nendif", ["a=%(_)"]),
    ("if-hostname = web1.example.com\na = 1\nendif", ["a=1"]),
    ("if-not-hostname = web1.example.com\na = 1\nendif", []),
    ("if-hostname-match = ^web[0-9]+\\.\na = 1\nendif", ["a=1"]),
    ("if-hostname-match = ^(db|mail)\na = 1\nendif", []),
    ("if-hostname-match = ^(?:web|app|db)[0-9]{1,2}\\.(example|test)\\.(com|org)$\na = 1\nendif", ["a=1"]),
    ("if-hostname-match = ^(a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u|v|w)[]\\]e*+?{|]b\na = 1\nendif", ["a=1"]),
    ("if-not-hostname-match = ^db\na = 1\nendif", ["a=1"]),
    ("if-plugin = python3\na = 1\nendif\nifplugin = lua\nb = 1\nendif", ["a=1"]),
    ("if-not-plugin = lua\na = 1\nendif", ["a=1"]),
    ("if-env = STAGE\na = 1\nelse\nb = 1\nendif\nc = 1", ["a=1", "c=1"]),
    ("if-env = NO_SUCH\na = 1\nelse\nb = 1\nendif\nc = 1", ["b=1", "c=1"]),
    ("if-env = STAGE\na = 1", ["a=1"]),
    ("endif\na = 1", ["a=1"]),
    ("if-env = NO_SUCH\nexit\nini = nothing\nendif", []),
    # for
    ("for = a  b\nx = %(_)\ny = %(_)%(_)\nendfor\nz = 1", ["x=a", "x=b", "y=aa", "y=bb", "z=1"]),
    ("for =\nx = %(_)\nendfor", []),
    ("for-times = 3\nx = %(_)\nend-for", ["x=1", "x=2", "x=3"]),
    ("for-times = 0\nx = %(_)\nendfor", []),
    ("for-readline = lines\nx = %(_)\nendfor", ["x=one", "x=two"]),
    ("for-glob = conf/*.ini\nx = %(_)\nendfor", ["x=/srv/app/conf/my.site.ini", "x=/srv/app/conf/other.ini"]),
    ("for-glob = *.none\nx = %(_)\nendfor", ["x=*.none"]),
    # includes
    ("a = 1\nini = conf/other.ini\nb = 1", ["a=1", "o=other", "b=1"]),
    ("include = conf/other.ini:more", ["m=more/srv/app/conf/my.site.ini"]),
    ("ini = :second\na = 1", ["s=second", "a=1"]),
    ("ini = conf/other.ini\nini = :more", ["o=other", "m=more/srv/app/conf/my.site.ini"]),
    ("if-exists = conf/other.ini\ninclude = %(_)\nendif", ["o=other"]),
    ("for = other\nini = conf/%(_).ini\nendfor", ["o=other"]),
    ("inherit = conf/other.ini\na = 1", ["a=1", "o=other"]),
    ("base = conf\ninherit = %(base)/other.ini:raw\na = 1", ["base=conf", "a=1", "r=%(base)"]),
    ("include = conf/table.toml", ["processes=4", "master=true", "env=A=1", "env=B=2", "env=C=3"]),
    # declared
    ("declare-option = both=a=$1;b=$2$1\nboth = x y", ["a=x", "b=yx"]),
    ("declare-option = one=a=$1\none", ["a="]),
    ("declare-option = two=one=$1\ndeclare-option = one=a=$1\ntwo = z", ["a=z"]),
    # said, not done
    ("print = hello\niprint = there\na = 1", ["a=1"]),
]

FILES = {
    "secret": "s3cret\n",
    "lines": "one\ntwo\n",
    "binary": b"\0\1",
    "latin": b"caf\xe9",
    "big": b"#" * (1 << 20) + b"\n",
    "conf/other.ini": "[uwsgi]\no = other\n[more]\nm = more%P\n[raw]\nr = %(base)\n",
    "conf/table.toml": '[uwsgi]\nprocesses = 4\nmaster = true\nenv = ["A=1", "B=2", "C=3"]\n',
    "circle.ini": "[uwsgi]\ninclude = round.ini\n",
    "round.ini": "[uwsgi]\n\ninclude = circle.ini\n",
    "many.ini": "[uwsgi]\n" + "a\n" * 10_001,
    "deep.ini": "[uwsgi]\ninclude = deep.ini:1\n" + "".join(f"[{n}]\ninclude = deep.ini:{n + 1}\n" for n in range(1, 20)),
    "wide.ini": "[uwsgi]\nfor-times = 100\ninclude = conf/other.ini\nendfor",
}
FILE = "conf/my.site.ini"

# What real uWSGI makes of the same, where that is an accident of how it reads.
OTHERWISE = {
    "set = a = b": [],  # it is called "a ", which it does not show as we look
    "a = 100%\nb = 2": ["a=100b = 2"],  # the % takes the newline with it
    "a = $(A)": ["a=$(B)"],  # what was put in at the very beginning of a value is not looked at again
    "a = %(x)\nx = %(y)\ny = %d": ["a=%(y)", "x=/srv/app/conf/", "y=/srv/app/conf/"],
    "n = 1\nx1 = y\na = %(x%(n))": ["n=1", "x1=y", "a=%(x1)"],
    "set-ph = base=$(HOME)\nchdir = %(base)/x": ["base=$(HOME)", "chdir=$(HOME)/x"],  # said for the first, and shown
    "set-placeholder = base=/srv\nchdir = %(base)/x": ["base=/srv", "chdir=/srv/x"],
    "if-not-opt = x\nx = 1\na = 1\nendif": ["x=1"],  # asked anew for the second line
    "if-plugin = python3\na = 1\nendif\nifplugin = lua\nb = 1\nendif": [],  # it was not built so
    "if-env = STAGE\na = 1\nelse\nb = 1\nendif\nc = 1": ["a=1", "else=", "b=1", "c=1"],  # 2.0 does not know else
    "if-env = NO_SUCH\na = 1\nelse\nb = 1\nendif\nc = 1": ["c=1"],
    # These end it, or are done later than it shows its configuration.
    "include = conf/other.ini:more": [],
    "base = conf\ninherit = %(base)/other.ini:raw\na = 1": [],
    "include = conf/table.toml": [],
    "declare-option = both=a=$1;b=$2$1\nboth = x y": ["both=x y"],
    "declare-option = one=a=$1\none": ["one="],
    "declare-option = two=one=$1\ndeclare-option = one=a=$1\ntwo = z": ["two=z"],
}
