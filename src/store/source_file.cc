#include "store/source_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/hash.h"
#include "base/picture_files.h"
#include "base/text.h"

namespace reelbatch::store {
namespace {

int64_t Nanoseconds(const timespec& time) {
  return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

base::Result<SourceStat> StatFile(const std::filesystem::path& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) != 0) {
    return base::Fail(base::Code::kIo, std::strerror(errno), base::PathForPeople(path));
  }
  if (!S_ISREG(info.st_mode)) {
    return base::Fail(base::Code::kIo, "is not a regular file", base::PathForPeople(path));
  }
  return SourceStat{.size = info.st_size,
                    .mtime_ns = Nanoseconds(info.st_mtim),
                    .ctime_ns = Nanoseconds(info.st_ctim),
                    .inode = static_cast<int64_t>(info.st_ino)};
}

/// A sequence without files is a source that cannot be read.
base::Result<base::PictureFiles> Pictures(const std::filesystem::path& path) {
  auto pictures = base::ListPictures(path);
  if (!pictures) pictures.error().code = base::Code::kIo;
  return pictures;
}

base::Result<SourceStat> StatPictures(const std::filesystem::path& path) {
  const auto pictures = Pictures(path);
  if (!pictures) return std::unexpected(pictures.error());
  SourceStat all;
  base::Sha256 facts;
  for (const std::filesystem::path& file : pictures->files) {
    const auto stat = StatFile(file);
    if (!stat) return stat;
    all.size += stat->size;
    all.mtime_ns = std::max(all.mtime_ns, stat->mtime_ns);
    all.ctime_ns = std::max(all.ctime_ns, stat->ctime_ns);
    const std::string line = fmt::format("{} {} {} {} {}\n", file.filename().native(), stat->size,
                                         stat->mtime_ns, stat->ctime_ns, stat->inode);
    facts.Update(std::as_bytes(std::span(line)));
  }
  constexpr size_t kDigits = 15;  // of 4 bits: stays below the sign
  all.inode = std::stoll(facts.HexDigest().substr(0, kDigits), nullptr, 16);
  return all;
}

}  // namespace

base::Result<SourceStat> StatSource(const std::filesystem::path& path) {
  return base::NamesPictures(path) ? StatPictures(path) : StatFile(path);
}

base::Result<std::string> ContentSha256(const std::filesystem::path& path,
                                        const base::CancelToken* cancel) {
  if (!base::NamesPictures(path)) return base::Sha256HexOfFile(path, cancel);
  const auto pictures = Pictures(path);
  if (!pictures) return std::unexpected(pictures.error());
  base::Sha256 content;
  for (const std::filesystem::path& file : pictures->files) {
    auto digest = base::Sha256HexOfFile(file, cancel);
    if (!digest) return digest;
    *digest += '\n';
    content.Update(std::as_bytes(std::span(*digest)));
  }
  return content.HexDigest();
}

}  // namespace reelbatch::store
