/*
 * Loaded into a server by LD_PRELOAD, this writes down how long each file was when the server last had it put on the
 * disk. What a file holds beyond that, a power cut would take away, while `kill -9` leaves it to the kernel to write.
 *
 * One line for each fsync that succeeded, appended to the file named by FSYNC_LOG: the file's inode, when it was made
 * (in nanoseconds), and its length before the call. Inodes outlive a renaming, and are used again for other files.
 *
 * A file that is written over in its midst is not told by its length: where FSYNC_KEEP names a folder, what the file held is
 * copied there, under the same name as in the line.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int noted = -1;

static void keep(int fd, const char *which) {
  const char *folder = getenv("FSYNC_KEEP");
  if (!folder) return;
  char part[512], whole[512], bytes[65536];
  snprintf(whole, sizeof whole, "%s/%s", folder, which);
  snprintf(part, sizeof part, "%s.part", whole);
  int copy = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  off_t at = 0;
  for (ssize_t got; (got = pread(fd, bytes, sizeof bytes, at)) > 0; at += got)
    if (write(copy, bytes, got) != got) abort();
  if (copy < 0 || close(copy) != 0 || rename(part, whole) != 0) abort();
}

static int note(int fd, const char *name) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  struct statx before;
  int known = statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &before) == 0 && S_ISREG(before.stx_mode);
  char which[64];
  snprintf(which, sizeof which, "%llu:%lld%09u", before.stx_ino, before.stx_btime.tv_sec, before.stx_btime.tv_nsec);
  if (known) keep(fd, which);
  int result = real(fd);
  if (result != 0 || !known) return result;
  if (noted < 0) {
    const char *path = getenv("FSYNC_LOG");
    noted = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  }
  char line[96];
  int length = snprintf(line, sizeof line, "%s %llu\n", which, before.stx_size);
  /* A note that cannot be kept must not look like a file that was never put on the disk. */
  if (noted < 0 || write(noted, line, length) != length) abort();
  return result;
}

int fsync(int fd) { return note(fd, "fsync"); }

int fdatasync(int fd) { return note(fd, "fdatasync"); }
