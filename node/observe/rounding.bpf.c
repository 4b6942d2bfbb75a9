// Counts, at switches from one task to another, how the task that leaves had its processor round: one of four ways, in the register
// MXCSR. Kept for each pid namespace that lies directly in the node's, which is a runtime's.
//
// Ordinary programs round to the nearest alone; what computes a proof of work by random programs (RandomX) uses all four.
// Loaded by rounding.cpp, with the types of the running kernel put in by its BTF.

#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define OF_KERNEL __attribute__((preserve_access_index))

struct ns_common {
  unsigned int inum;
} OF_KERNEL;
struct pid_namespace {
  struct ns_common ns;
} OF_KERNEL;
struct upid {
  int nr;
  struct pid_namespace *ns;
} OF_KERNEL;
struct pid {
  unsigned int level;
  struct upid numbers[1];
} OF_KERNEL;
struct task_struct {
  struct pid *thread_pid;
} OF_KERNEL;
struct fxregs_state {
  unsigned int mxcsr;
} OF_KERNEL;
union fpregs_state {
  struct fxregs_state fxsave;
} OF_KERNEL;
struct fpstate {
  union fpregs_state regs;
} OF_KERNEL;
struct fpu {
  struct fpstate *fpstate;
} OF_KERNEL;

struct counts {
  unsigned long long of[4];
};

// How deep the node's own pid namespace lies; 0 on the machine itself.
const volatile unsigned int own_level = 0;

struct {
  __uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
  __uint(max_entries, 4096);
  __type(key, unsigned int);
  __type(value, struct counts);
} by_namespace SEC(".maps");

SEC("tp_btf/x86_fpu_regs_deactivated")
int BPF_PROG(on_switch, struct fpu *fpu) {
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  struct pid *pid = BPF_CORE_READ(task, thread_pid);
  if (!pid || BPF_CORE_READ(pid, level) <= own_level) return 0;
  struct upid upid;
  const char *numbers = (const char *)pid + bpf_core_field_offset(struct pid, numbers);
  if (bpf_probe_read_kernel(&upid, sizeof upid, numbers + (own_level + 1) * sizeof upid)) return 0;
  unsigned int space = BPF_CORE_READ(upid.ns, ns.inum);
  unsigned int mode = (BPF_CORE_READ(fpu, fpstate, regs.fxsave.mxcsr) >> 13) & 3;
  struct counts *counts = bpf_map_lookup_elem(&by_namespace, &space);
  if (!counts) {
    struct counts none = {};
    bpf_map_update_elem(&by_namespace, &space, &none, BPF_NOEXIST);
    counts = bpf_map_lookup_elem(&by_namespace, &space);
    if (!counts) return 0;
  }
  counts->of[mode]++;
  return 0;
}

char terms[] SEC("license") = "Dual MIT/GPL";
