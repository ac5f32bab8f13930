#include "acts.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int opened(const char *path, int how)
{
    int fd = open(path, how | O_CLOEXEC, 0600);
    return told(fd >= 0);
}

static int read_a_file(const struct place *p) { return opened(in(p->outside, "letter"), O_RDONLY); }
static int write_a_file(const struct place *p) { return opened(in(p->outside, "letter"), O_WRONLY); }
static int make_a_file(const struct place *p) { return opened(in(p->outside, "new"), O_WRONLY | O_CREAT | O_EXCL); }
static int make_an_unnamed_file(const struct place *p) { return opened(p->outside, O_WRONLY | O_TMPFILE); }
static int read_passwd(const struct place *p) { (void)p; return opened("/etc/passwd", O_RDONLY); }
static int read_own_maps(const struct place *p) { (void)p; return opened("/proc/self/maps", O_RDONLY); }
static int write_own_memory(const struct place *p) { (void)p; return opened("/proc/self/mem", O_RDWR); }
static int open_other_database(const struct place *p) { return opened(p->other, O_RDONLY); }
static int write_other_database(const struct place *p) { return opened(p->other, O_WRONLY); }
static int read_house_secret(const struct place *p) { return opened(in(p->house, "keeper.secret"), O_RDONLY); }
static int write_anchor(const struct place *p) { return opened(in(p->house, "anchor"), O_WRONLY); }
static int make_in_house(const struct place *p) { return opened(in(p->house, "new"), O_WRONLY | O_CREAT | O_EXCL); }
static int open_kernel_log(const struct place *p) { (void)p; return opened("/dev/kmsg", O_WRONLY); }
static int write_content(const struct place *p) { return opened(in(p->house, "content.db"), O_WRONLY); }
/* Writing nothing asks for the right to write and leaves the log as it is. A descriptor that was opened for reading says EBADF. */
static int write_held_log(const struct place *p)
{
    int code = told(p->wal >= 0 && !pwrite(p->wal, "", 0, 0));
    return p->wal >= 0 && code == EBADF ? EPERM : code;
}

static int list_etc(const struct place *p)
{
    (void)p;
    DIR *d = opendir("/etc");
    bool good = d && readdir(d);
    return told(good);
}

static int list_house(const struct place *p)
{
    char names[4096];
    int fd = open(p->house, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return told(fd >= 0 && syscall(SYS_getdents64, fd, names, sizeof names) > 0);
}

static int open_by_openat2(const struct place *p)
{
    uint64_t how[3] = { O_RDONLY | O_CLOEXEC, 0, 0 };
    return told(syscall(SYS_openat2, AT_FDCWD, in(p->outside, "letter"), how, sizeof how) >= 0);
}

/* The same by the calls that the engine has for a folder of its own. */
static int remove_lock_at(const struct place *p) { return told(!unlinkat(AT_FDCWD, in(p->house, "lock"), 0)); }
static int remove_index_folder(const struct place *p) { return told(!unlinkat(AT_FDCWD, in(p->house, "engine"), AT_REMOVEDIR)); }
static int move_within_at(const struct place *p)
{
    return told(!renameat(AT_FDCWD, in(p->house, "anchor"), AT_FDCWD, in(p->house, "anchor.old")));
}
static int move_into_index(const struct place *p)
{
    return told(!renameat(AT_FDCWD, in(p->house, "anchor"), AT_FDCWD, in(p->house, "engine/anchor")));
}
static int make_special_in_index(const struct place *p) { return told(!mkfifo(in(p->house, "engine/fifo"), 0600)); }
static int make_folder_in_index(const struct place *p) { return told(!mkdir(in(p->house, "engine/folder"), 0700)); }
static int link_into_index(const struct place *p) { return told(!link(in(p->house, "anchor"), in(p->house, "engine/linked"))); }
static int make_folder(const struct place *p) { return told(!mkdir(in(p->outside, "folder"), 0700)); }
static int make_folder_in_house(const struct place *p) { return told(!mkdir(in(p->house, "folder"), 0700)); }
static void have_folder(const struct place *p) { ready(!mkdir(in(p->outside, "empty"), 0700) || errno == EEXIST); }
static int remove_folder(const struct place *p) { return told(!rmdir(in(p->outside, "empty"))); }
static int remove_lock(const struct place *p) { return told(!unlink(in(p->house, "lock"))); }
static int remove_outside(const struct place *p) { return told(!unlink(in(p->outside, "letter"))); }
static int move_out(const struct place *p) { return told(!rename(in(p->house, "anchor"), in(p->outside, "anchor"))); }
static int move_within(const struct place *p) { return told(!rename(in(p->house, "anchor"), in(p->house, "anchor.old"))); }
static int link_out(const struct place *p) { return told(!link(p->other, in(p->outside, "other"))); }
static int make_symlink(const struct place *p) { return told(!symlink("/etc/passwd", in(p->outside, "sign"))); }
static int read_symlink(const struct place *p)
{
    char to[200];
    (void)p;
    return told(readlink("/proc/self/exe", to, sizeof to) > 0);
}
static int make_fifo(const struct place *p) { return told(!mkfifo(in(p->outside, "fifo"), 0600)); }
static int make_device(const struct place *p) { return told(!mknod(in(p->outside, "null"), S_IFCHR | 0600, makedev(1, 3))); }
static int open_mode(const struct place *p) { return told(!chmod(in(p->house, "anchor"), 0666)); }
static void have_letter_open(const struct place *p) { ready((kept_fd = open(in(p->outside, "letter"), O_RDWR | O_CLOEXEC)) >= 0); }
static int open_mode_of_held(const struct place *p) { (void)p; return told(!fchmod(kept_fd, 0666)); }
static int change_owner(const struct place *p) { return told(!chown(in(p->outside, "letter"), getuid(), getgid())); }
static int cut(const struct place *p) { return told(!truncate(in(p->outside, "letter"), 1)); }
static int cut_other(const struct place *p) { return told(!truncate(p->other, 4096)); }
static int set_times(const struct place *p) { return told(!utimensat(AT_FDCWD, in(p->outside, "letter"), NULL, 0)); }
static int go_elsewhere(const struct place *p) { (void)p; return told(!chdir("/")); }
static int change_mask(const struct place *p) { (void)p; return told(syscall(SYS_umask, 0) >= 0); }
static int new_root(const struct place *p) { return told(!chroot(p->outside)); }
static void own_mounts(const struct place *p)
{
    (void)p;
    ready(!syscall(SYS_unshare, 0x00020000));
    ready(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}
static int mount_it(const struct place *p) { return told(!mount("tmpfs", p->outside, "tmpfs", 0, NULL)); }
static void have_mounted(const struct place *p)
{
    own_mounts(p);
    ready(!mount("tmpfs", p->outside, "tmpfs", 0, NULL));
}
static int unmount_it(const struct place *p) { return told(!umount2(p->outside, MNT_DETACH)); }
static int new_filesystem(const struct place *p) { (void)p; return told(syscall(SYS_fsopen, "tmpfs", 0) >= 0); }
static int tree_of(const struct place *p) { return told(syscall(SYS_open_tree, AT_FDCWD, p->outside, 0) >= 0); }

static struct {
    struct file_handle head;
    unsigned char room[128];
} handle;
static void have_handle(const struct place *p)
{
    int mount_id;
    handle.head.handle_bytes = sizeof handle.room;
    ready(!name_to_handle_at(AT_FDCWD, in(p->outside, "letter"), &handle.head, &mount_id, 0));
    ready((kept_fd = open(p->outside, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0);
}
static int open_handle(const struct place *p) { (void)p; return told(open_by_handle_at(kept_fd, &handle.head, O_RDONLY) >= 0); }

static void have_two(const struct place *p)
{
    have_letter_open(p);
    ready((kept_pair[0] = open(in(p->outside, "copy"), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) >= 0);
}
static int copy_in_the_kernel(const struct place *p)
{
    (void)p;
    return told(syscall(SYS_copy_file_range, kept_fd, NULL, kept_pair[0], NULL, 1, 0) == 1);
}
static int send_file(const struct place *p)
{
    (void)p;
    return told(syscall(SYS_sendfile, kept_pair[0], kept_fd, NULL, 1) == 1);
}
static int lock_whole(const struct place *p) { (void)p; return told(!syscall(SYS_flock, kept_fd, 2)); }
static int take_owner_signal(const struct place *p) { (void)p; return told(!fcntl(kept_fd, F_SETOWN, getpid())); }
static int map_held_to_run(const struct place *p)
{
    (void)p;
    return told(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, kept_fd, 0) != MAP_FAILED);
}

/* clang-format off */
const struct act acts_on_files[] = {
    { "read a file outside", read_a_file, NULL, 0 },
    { "write a file outside", write_a_file, NULL, ACT_EVERYBODY },
    { "make a file outside", make_a_file, NULL, ACT_EVERYBODY },
    { "make a file without a name", make_an_unnamed_file, NULL, ACT_EVERYBODY },
    { "read /etc/passwd", read_passwd, NULL, 0 },
    { "read its own map of memory", read_own_maps, NULL, 0 },
    { "open its own memory as a file", write_own_memory, NULL, ACT_EVERYBODY },
    { "open the database of another role", open_other_database, NULL, 0 },
    { "open the database of another role for writing", write_other_database, NULL, 0 },
    { "read the house secret", read_house_secret, NULL, 0 },
    { "write the anchor", write_anchor, NULL, 0 },
    { "make a file in the data folder", make_in_house, NULL, 0 },
    { "write to the kernel's log", open_kernel_log, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "open content.db for writing", write_content, NULL, ACT_READER },
    { "write the write-ahead log it holds", write_held_log, NULL, ACT_READER },
    { "list /etc", list_etc, NULL, 0 },
    { "list the data folder", list_house, NULL, 0 },
    { "open by openat2", open_by_openat2, NULL, 0 },
    { "make a folder outside", make_folder, NULL, ACT_EVERYBODY },
    { "make a folder in the data folder", make_folder_in_house, NULL, 0 },
    { "remove a folder", remove_folder, have_folder, ACT_EVERYBODY },
    { "remove the lock of the house", remove_lock, NULL, 0 },
    { "remove a file outside", remove_outside, NULL, ACT_EVERYBODY },
    { "move the anchor out", move_out, NULL, ACT_EVERYBODY },
    { "move the anchor within the data folder", move_within, NULL, 0 },
    { "link the other database to the outside", link_out, NULL, ACT_EVERYBODY },
    { "make a symbolic link", make_symlink, NULL, ACT_EVERYBODY },
    { "read a symbolic link", read_symlink, NULL, 0 },
    { "remove the lock of the house by its folder", remove_lock_at, NULL, 0 },
    { "remove the folder of the index", remove_index_folder, NULL, 0 },
    { "move the anchor within the data folder by its folder", move_within_at, NULL, 0 },
    { "move the anchor into the folder of the index", move_into_index, NULL, 0 },
    { "make a fifo in the folder of the index", make_special_in_index, NULL, 0 },
    { "make a folder in the folder of the index", make_folder_in_index, NULL, 0 },
    { "link the anchor into the folder of the index", link_into_index, NULL, 0 },
    { "make a fifo", make_fifo, NULL, ACT_EVERYBODY },
    { "make a device", make_device, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "open the mode of a file", open_mode, NULL, 0 },
    { "open the mode of a file it holds", open_mode_of_held, have_letter_open, 0 },
    { "change the owner of a file", change_owner, NULL, 0 },
    { "cut a file short", cut, NULL, 0 },
    { "cut the other database short", cut_other, NULL, 0 },
    { "set the times of a file", set_times, NULL, 0 },
    { "go to another folder", go_elsewhere, NULL, 0 },
    { "change the mask of new files", change_mask, NULL, 0 },
    { "take another root folder", new_root, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "mount", mount_it, own_mounts, ACT_ROOT | ACT_EVERYBODY },
    { "unmount", unmount_it, have_mounted, ACT_ROOT | ACT_EVERYBODY },
    { "make a file system", new_filesystem, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "open a tree of mounts", tree_of, NULL, ACT_EVERYBODY },
    { "open a file by its handle", open_handle, have_handle, ACT_ROOT | ACT_EVERYBODY },
    { "copy a file in the kernel", copy_in_the_kernel, have_two, 0 },
    { "send a file", send_file, have_two, 0 },
    { "lock a file it holds", lock_whole, have_letter_open, 0 },
    { "have signals sent by a descriptor", take_owner_signal, have_letter_open, 0 },
    { "map a file to run it", map_held_to_run, have_letter_open, 0 },
    { NULL, NULL, NULL, 0 },
};
