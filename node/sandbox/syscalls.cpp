#include "node/sandbox/syscalls.h"

#include <seccomp.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

namespace allmende::sandbox {
namespace {

// Allowed whatever the arguments. Some exist on one architecture only.
constexpr const char* kAllowed[] = {
    // Reading, writing, polling
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "pwrite64",
    "preadv",
    "pwritev",
    "preadv2",
    "pwritev2",
    "lseek",
    "sendfile",
    "splice",
    "tee",
    "vmsplice",
    "copy_file_range",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "epoll_create",
    "epoll_create1",
    "epoll_ctl",
    "epoll_ctl_old",
    "epoll_wait",
    "epoll_wait_old",
    "epoll_pwait",
    "epoll_pwait2",
    "eventfd",
    "eventfd2",
    "signalfd",
    "signalfd4",
    "pipe",
    "pipe2",
    "io_setup",
    "io_submit",
    "io_getevents",
    "io_pgetevents",
    "io_cancel",
    "io_destroy",
    "readahead",
    "fadvise64",
    // Descriptors
    "open",
    "openat",
    "openat2",
    "creat",
    "close",
    "close_range",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
    "flock",
    "ioctl",
    "memfd_create",
    // Files and directories
    "stat",
    "lstat",
    "fstat",
    "newfstatat",
    "statx",
    "statfs",
    "fstatfs",
    "access",
    "faccessat",
    "faccessat2",
    "getdents",
    "getdents64",
    "getcwd",
    "chdir",
    "fchdir",
    "mkdir",
    "mkdirat",
    "rmdir",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "readlink",
    "readlinkat",
    "mknod",
    "mknodat",
    "chmod",
    "fchmod",
    "fchmodat",
    "fchmodat2",
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "truncate",
    "ftruncate",
    "fallocate",
    "umask",
    "utime",
    "utimes",
    "utimensat",
    "futimesat",
    "fsync",
    "fdatasync",
    "sync",
    "syncfs",
    "sync_file_range",
    "getxattr",
    "lgetxattr",
    "fgetxattr",
    "setxattr",
    "lsetxattr",
    "fsetxattr",
    "listxattr",
    "llistxattr",
    "flistxattr",
    "removexattr",
    "lremovexattr",
    "fremovexattr",
    "inotify_init",
    "inotify_init1",
    "inotify_add_watch",
    "inotify_rm_watch",
    "name_to_handle_at",
    // Memory
    "brk",
    "mmap",
    "munmap",
    "mremap",
    "mprotect",
    "madvise",
    "mincore",
    "mlock",
    "mlock2",
    "munlock",
    "mlockall",
    "munlockall",
    "msync",
    "membarrier",
    "remap_file_pages",
    "pkey_alloc",
    "pkey_free",
    "pkey_mprotect",
    "process_madvise",
    "process_mrelease",
    "cachestat",
    "map_shadow_stack",
    // Processes and threads (clone has a rule of its own below)
    "fork",
    "vfork",
    "execve",
    "execveat",
    "exit",
    "exit_group",
    "wait4",
    "waitid",
    "kill",
    "tkill",
    "tgkill",
    "getpid",
    "getppid",
    "gettid",
    "getpgid",
    "getpgrp",
    "setpgid",
    "getsid",
    "setsid",
    "set_tid_address",
    "set_robust_list",
    "get_robust_list",
    "futex",
    "futex_waitv",
    "futex_wake",
    "futex_wait",
    "futex_requeue",
    "rseq",
    "arch_prctl",
    "prctl",
    "capget",
    "capset",
    "pidfd_open",
    "pidfd_send_signal",
    "ptrace",
    "restart_syscall",
    "uname",
    "sysinfo",
    "times",
    "getcpu",
    "vhangup",
    // Users and groups: of the runtime's own 65,536
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getresuid",
    "getresgid",
    "getgroups",
    "setuid",
    "setgid",
    "setreuid",
    "setregid",
    "setresuid",
    "setresgid",
    "setfsuid",
    "setfsgid",
    "setgroups",
    // Limits and scheduling
    "getrlimit",
    "setrlimit",
    "prlimit64",
    "getrusage",
    "getpriority",
    "setpriority",
    "ioprio_get",
    "ioprio_set",
    "sched_yield",
    "sched_getaffinity",
    "sched_setaffinity",
    "sched_getparam",
    "sched_setparam",
    "sched_getscheduler",
    "sched_setscheduler",
    "sched_getattr",
    "sched_setattr",
    "sched_get_priority_max",
    "sched_get_priority_min",
    "sched_rr_get_interval",
    "get_mempolicy",
    "seccomp",
    "landlock_create_ruleset",
    "landlock_add_rule",
    "landlock_restrict_self",
    // Signals and time
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigpending",
    "rt_sigtimedwait",
    "rt_sigsuspend",
    "rt_sigreturn",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "sigaltstack",
    "pause",
    "alarm",
    "getitimer",
    "setitimer",
    "timer_create",
    "timer_settime",
    "timer_gettime",
    "timer_getoverrun",
    "timer_delete",
    "timerfd_create",
    "timerfd_settime",
    "timerfd_gettime",
    "nanosleep",
    "clock_nanosleep",
    "clock_gettime",
    "clock_getres",
    "gettimeofday",
    "time",
    // Sockets (socket and socketpair have rules of their own below)
    "bind",
    "listen",
    "accept",
    "accept4",
    "connect",
    "getsockname",
    "getpeername",
    "send",
    "recv",
    "sendto",
    "recvfrom",
    "sendmsg",
    "recvmsg",
    "sendmmsg",
    "recvmmsg",
    "setsockopt",
    "getsockopt",
    "shutdown",
    // System V and POSIX messages, shared memory, semaphores: of the runtime's own namespace
    "shmget",
    "shmat",
    "shmdt",
    "shmctl",
    "semget",
    "semop",
    "semtimedop",
    "semctl",
    "msgget",
    "msgsnd",
    "msgrcv",
    "msgctl",
    "mq_open",
    "mq_unlink",
    "mq_timedsend",
    "mq_timedreceive",
    "mq_notify",
    "mq_getsetattr",
    // Randomness
    "getrandom",
};

// Refused with "operation not permitted", as a program expects that is told so by any system. What stands in neither list is answered
// with "function not implemented", upon which C libraries take their older way.
constexpr const char* kRefused[] = {
    // New namespaces and mounts: the way to most of the kernel's privileged code
    "unshare",
    "setns",
    "mount",
    "umount",
    "umount2",
    "pivot_root",
    "chroot",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "open_by_handle_at",
    "quotactl",
    "quotactl_fd",
    // The kernel itself
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "delete_module",
    "reboot",
    "swapon",
    "swapoff",
    "syslog",
    "acct",
    "iopl",
    "ioperm",
    "lookup_dcookie",
    "nfsservctl",
    "fanotify_init",
    "fanotify_mark",
    // Keys, other processes' memory, names and clocks of the machine
    "add_key",
    "request_key",
    "keyctl",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_getfd",
    "kcmp",
    "move_pages",
    "migrate_pages",
    "mbind",
    "set_mempolicy",
    "sethostname",
    "setdomainname",
    "settimeofday",
    "stime",
    "clock_settime",
    "clock_adjtime",
    "adjtimex",
    "vm86",
    "vm86old",
    "modify_ldt",
    "personality",
};

// Namespace flags of clone(2): CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
constexpr std::uint64_t kNamespaceFlags = 0x0002'0000 | 0x0200'0000 | 0x0400'0000 | 0x0800'0000 | 0x1000'0000 | 0x2000'0000 | 0x4000'0000;

// Address families that may be opened: unix, IPv4, IPv6 and routing messages. The others are seldom used and often broken.
constexpr std::uint64_t kUnixFamily = 1;
constexpr std::uint64_t kNetlinkFamily = 16;
constexpr std::uint64_t kFamilies[] = {kUnixFamily, 2, 10, kNetlinkFamily};
constexpr std::uint64_t kLastFamily = 63;

bool known(const char* name) { return ::seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR; }

template <std::size_t N>
json::array knownOf(const char* const (&names)[N]) {
  json::array found;
  for (const auto* name : names) {
    if (known(name)) found.emplace_back(name);
  }
  return found;
}

json::object rule(json::array names, std::string_view action) { return {{"names", std::move(names)}, {"action", action}}; }

json::object refusal(json::array names, int code) {
  auto object = rule(std::move(names), "SCMP_ACT_ERRNO");
  object["errnoRet"] = code;
  return object;
}

json::object withArgument(json::object object, std::uint64_t value, std::string_view comparison, std::uint64_t other = 0) {
  object["args"] = json::array{json::object{{"index", 0}, {"value", value}, {"valueTwo", other}, {"op", comparison}}};
  return object;
}

// The same, where the third argument compares so to 0.
json::object withProtocol(json::object object, std::string_view comparison) {
  object["args"].as_array().push_back(json::object{{"index", 2}, {"value", 0}, {"valueTwo", 0}, {"op", comparison}});
  return object;
}

std::string nativeArchitecture() {
  switch (::seccomp_arch_native()) {
    case SCMP_ARCH_AARCH64: return "SCMP_ARCH_AARCH64";
    case SCMP_ARCH_RISCV64: return "SCMP_ARCH_RISCV64";
    default: return "SCMP_ARCH_X86_64";
  }
}

}  // namespace

json::object seccompProfile() {
  json::array rules;
  rules.push_back(rule(knownOf(kAllowed), "SCMP_ACT_ALLOW"));
  rules.push_back(refusal(knownOf(kRefused), EPERM));
  rules.push_back(withArgument(rule({"clone"}, "SCMP_ACT_ALLOW"), kNamespaceFlags, "SCMP_CMP_MASKED_EQ"));
  // clone3 hides its flags behind a pointer, where no filter can see them.
  rules.push_back(refusal({"clone3"}, ENOSYS));
  for (const auto family : kFamilies) {
    if (family != kNetlinkFamily) rules.push_back(withArgument(rule({"socket"}, "SCMP_ACT_ALLOW"), family, "SCMP_CMP_EQ"));
  }
  // Of netlink's protocols routing alone, which is the first: by others processes send each other what counts as nobody's memory.
  rules.push_back(withProtocol(withArgument(rule({"socket"}, "SCMP_ACT_ALLOW"), kNetlinkFamily, "SCMP_CMP_EQ"), "SCMP_CMP_EQ"));
  rules.push_back(withProtocol(withArgument(refusal({"socket"}, EPROTONOSUPPORT), kNetlinkFamily, "SCMP_CMP_EQ"), "SCMP_CMP_NE"));
  for (std::uint64_t family = 0; family <= kLastFamily; ++family) {
    if (std::find(std::begin(kFamilies), std::end(kFamilies), family) == std::end(kFamilies))
      rules.push_back(withArgument(refusal({"socket"}, EAFNOSUPPORT), family, "SCMP_CMP_EQ"));
  }
  // A pair of any family is opened before the family says whether it has pairs.
  rules.push_back(withArgument(rule({"socketpair"}, "SCMP_ACT_ALLOW"), kUnixFamily, "SCMP_CMP_EQ"));
  rules.push_back(withArgument(refusal({"socketpair"}, EAFNOSUPPORT), kUnixFamily, "SCMP_CMP_NE"));
  return {{"defaultAction", "SCMP_ACT_ERRNO"}, {"defaultErrnoRet", ENOSYS}, {"architectures", json::array{nativeArchitecture()}},
      {"syscalls", std::move(rules)}};
}

std::vector<std::string> unknownSyscalls() {
  std::vector<std::string> names;
  for (const auto* name : kAllowed) {
    if (!known(name)) names.emplace_back(name);
  }
  for (const auto* name : kRefused) {
    if (!known(name)) names.emplace_back(name);
  }
  return names;
}

}  // namespace allmende::sandbox
