#include "base/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>

#include "base/test_folder.h"

namespace reelbatch::base {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::Slurp;
using testing::TempFolder;

/// Takes at most one byte per call, as a full pipe or a signal may.
ssize_t OneByte(int fd, const void* bytes, size_t size) {
  return ::write(fd, bytes, size > 1 ? 1 : size);
}

template <int kErrno>
ssize_t Failing(int fd, const void* bytes, size_t size) {
  static int calls = 0;
  if (calls++ % 2 == 0) return ::write(fd, bytes, size / 2);
  errno = kErrno;
  return -1;
}

ssize_t Nothing(int, const void*, size_t) { return 0; }

size_t FilesIn(const fs::path& folder) {
  return static_cast<size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(AtomicFile, WritesAndReplaces) {
  const TempFolder temp;
  const fs::path file = temp.path() / "a.json";
  ASSERT_TRUE(WriteFileAtomically(file, "one"));
  ASSERT_TRUE(
      WriteFileAtomically(file, "two, and longer", {.temp_folder = {}, .write_call = &OneByte}));
  EXPECT_EQ(Slurp(file), "two, and longer");
  ASSERT_TRUE(WriteFileAtomically(file, ""));
  EXPECT_EQ(Slurp(file), "");
  EXPECT_EQ(FilesIn(temp.path()), 1U);
}

TEST(AtomicFile, AFullDeviceLeavesTheOldContentAndNoTemporary) {
  const TempFolder temp;
  const fs::path file = temp.Write("a.json", "old");
  const std::vector<std::pair<WriteCall, const char*>> failures = {
      {&Failing<ENOSPC>, "no space left on the device: free space or choose another place"},
      {&Failing<EDQUOT>, "quota is used up: free space"},
      {&Failing<EIO>, "Input/output error"},
      {&Nothing, "Input/output error"},
  };
  for (const auto& [call, words] : failures) {
    const auto failed =
        WriteFileAtomically(file, "new content", {.temp_folder = {}, .write_call = call});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Code::kIo);
    EXPECT_THAT(failed.error().message, HasSubstr(words));
    EXPECT_EQ(failed.error().context, file.native());
    EXPECT_EQ(Slurp(file), "old");
    EXPECT_EQ(FilesIn(temp.path()), 1U);
  }
}

TEST(AtomicFile, WritesInParts) {
  const TempFolder temp;
  const fs::path file = temp.Write("a.json", "old");
  std::string all;
  const auto produce = [&](const TakePart& take) -> Status {
    for (int i = 0; i < 100'000; ++i) {
      const std::string part = std::to_string(i) + "\n";
      all += part;
      if (auto taken = take(part); !taken) return taken;
    }
    EXPECT_EQ(Slurp(file), "old");
    return {};
  };
  ASSERT_TRUE(WriteFileInParts(file, produce));
  EXPECT_EQ(Slurp(file), all);
  const auto none = [](const TakePart&) { return Status(); };
  ASSERT_TRUE(WriteFileInParts(file, none, {.temp_folder = temp.path(), .write_call = nullptr}));
  EXPECT_EQ(Slurp(file), "");
  EXPECT_EQ(FilesIn(temp.path()), 1U);
}

TEST(AtomicFile, APartThatFailsLeavesTheOldContentAndNoTemporary) {
  const TempFolder temp;
  const fs::path file = temp.Write("a.json", "old");
  const std::string large(1'000'000, 'x');
  int parts = 0;
  const auto produce = [&](const TakePart& take) -> Status {
    for (int i = 0; i < 10; ++i) {
      ++parts;
      if (auto taken = take(large); !taken) return taken;
    }
    return Fail(Code::kUnavailable, "there is no more", "the source");
  };
  const auto full =
      WriteFileInParts(file, produce, {.temp_folder = {}, .write_call = &Failing<ENOSPC>});
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Code::kIo);
  EXPECT_THAT(full.error().message, HasSubstr("no space left on the device: free space"));
  EXPECT_EQ(full.error().context, file.native());
  EXPECT_LT(parts, 10);
  const auto source = WriteFileInParts(file, produce);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Code::kUnavailable);
  EXPECT_FALSE(WriteFileInParts(temp.path() / "missing" / "a", produce));
  EXPECT_EQ(Slurp(file), "old");
  EXPECT_EQ(FilesIn(temp.path()), 1U);
}

TEST(AtomicFile, SaysWhatMendsAnErrno) {
  EXPECT_THAT(FileError(EROFS, "write", "x").message, HasSubstr("read-only: choose another place"));
  EXPECT_THAT(FileError(EACCES, "open", "x").message, HasSubstr("cannot open: permission denied"));
  EXPECT_THAT(FileError(ENAMETOOLONG, "open", "x").message, HasSubstr("choose a shorter one"));
}

TEST(AtomicFile, TheSystemsOwnLimitsAreErrors) {
  const TempFolder temp;
  const auto full = WriteFileAtomically("/dev/full", "x");
  ASSERT_FALSE(full);
  EXPECT_THAT(full.error().message, HasSubstr("no space left"));

  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit tight{.rlim_cur = 100, .rlim_max = before.rlim_max};
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto too_large = WriteFileAtomically(temp.path() / "large", std::string(1000, 'x'));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(too_large);
  EXPECT_EQ(too_large.error().code, Code::kIo);
  EXPECT_THAT(too_large.error().message, HasSubstr("ulimit -f"));
  EXPECT_EQ(FilesIn(temp.path()), 0U);
}

TEST(AtomicFile, FollowsLinksAndWritesDevicesInPlace) {
  const TempFolder temp;
  const fs::path file = temp.Write("real", "old");
  fs::create_symlink("real", temp.path() / "link");
  ASSERT_TRUE(WriteFileAtomically(temp.path() / "link", "new"));
  EXPECT_TRUE(fs::is_symlink(temp.path() / "link"));
  EXPECT_EQ(Slurp(file), "new");
  ASSERT_TRUE(WriteFileAtomically("/dev/null", "gone"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  const auto folder = WriteFileAtomically(temp.path(), "x");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, Code::kIo);
  const auto nowhere = WriteFileAtomically(temp.path() / "missing" / "a", "x");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Code::kIo);
}

TEST(AtomicFile, TakesNamesOf255Bytes) {
  const TempFolder temp;
  ASSERT_TRUE(WriteFileAtomically(temp.path() / std::string(255, 'n'), "x"));
  const auto longer = WriteFileAtomically(temp.path() / std::string(256, 'n'), "x");
  ASSERT_FALSE(longer);
  EXPECT_THAT(longer.error().message, HasSubstr("too long"));
}

TEST(AtomicFile, MakesFoldersButNotThroughFiles) {
  const TempFolder temp;
  ASSERT_TRUE(MakeFolders(temp.path() / "a/b/c/"));
  ASSERT_TRUE(MakeFolders(temp.path() / "a/b/c"));
  EXPECT_TRUE(fs::is_directory(temp.path() / "a/b/c"));
  temp.Write("file", "");
  for (const char* name : {"file", "file/below"}) {
    const auto blocked = MakeFolders(temp.path() / name);
    ASSERT_FALSE(blocked) << name;
    EXPECT_EQ(blocked.error().code, Code::kInvalidArgument) << name;
    EXPECT_EQ(blocked.error().context, (temp.path() / "file").native()) << name;
  }
}

TEST(AtomicFile, SweepsOnlyTemporaries) {
  const TempFolder temp;
  temp.Write(".reelbatch-1-2.tmp", "half");
  temp.Write("kept.json", "");
  SweepTemporaries(temp.path());
  SweepTemporaries(temp.path() / "missing");
  EXPECT_EQ(FilesIn(temp.path()), 1U);
}

TEST(AtomicFile, ReadsWholeFiles) {
  const TempFolder temp;
  const std::string content(200'000, 'z');
  EXPECT_EQ(ReadWholeFile(temp.Write("a", content)).value(), content);
  EXPECT_EQ(ReadWholeFile(temp.path() / "missing").error().code, Code::kIo);
  EXPECT_EQ(ReadWholeFile(temp.path()).error().code, Code::kIo);
}

}  // namespace
}  // namespace reelbatch::base
