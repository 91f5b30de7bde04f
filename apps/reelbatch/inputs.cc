#include "apps/reelbatch/inputs.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <istream>
#include <set>
#include <utility>

#include "apps/reelbatch/glob.h"
#include "apps/reelbatch/terminal.h"
#include "store/folder_layout.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxListBytes = size_t{256} << 20;  // a million names of 255 bytes

void PassOver(InputList& list, const fs::path& path) {
  if (++list.passed_over <= static_cast<int64_t>(InputList::kMostNames))
    list.passed_over_names.push_back(path);
}

bool ByBytes(const fs::path& a, const fs::path& b) { return a.native() < b.native(); }

/// The file's text, or the first kMaxListBytes of it and some more: a pipe may never end.
std::string ReadBounded(std::istream& file) {
  std::string text;
  std::string block(size_t{1} << 16, '\0');
  while (file && text.size() <= kMaxListBytes) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block, 0, static_cast<size_t>(file.gcount()));
  }
  return text;
}

/// Walks a folder. Real folders come before linked ones, so that a file keeps its real name where
/// both lead to it.
class Walk {
 public:
  explicit Walk(InputList& list) : list_(list) {}

  std::vector<fs::path> Files(const fs::path& root) {
    Visit(root);
    while (!linked_.empty()) {
      const fs::path next = linked_.front();
      linked_.erase(linked_.begin());
      Visit(next);
    }
    std::sort(files_.begin(), files_.end(), ByBytes);
    return std::move(files_);
  }

 private:
  /// False for a folder that was visited before, by whatever name: loops end here.
  bool FirstVisit(const fs::path& folder) {
    struct stat facts {};
    return stat(folder.c_str(), &facts) == 0 && visited_.emplace(facts.st_dev, facts.st_ino).second;
  }

  struct Folder {
    fs::path path;
    bool ours = false;  // an output folder, or below one: nobody wonders about its documents
  };

  void Visit(const fs::path& root) {
    const fs::path marker = store::FolderLayout{}.marker();
    std::vector<Folder> todo = {{root}};
    while (!todo.empty()) {
      Folder folder = std::move(todo.back());
      todo.pop_back();
      if (!FirstVisit(folder.path)) continue;
      std::vector<fs::path> entries;
      std::error_code error;
      for (fs::directory_iterator it(folder.path, error), end; !error && it != end;
           it.increment(error)) {
        entries.push_back(it->path());
        folder.ours = folder.ours || it->path().filename() == marker;
      }
      if (error) list_.unreadable.push_back({folder.path, error.message()});
      std::sort(entries.begin(), entries.end(), ByBytes);
      for (const fs::path& entry : entries) Sort(entry, folder.ours, todo);
    }
  }

  void Sort(const fs::path& entry, bool ours, std::vector<Folder>& todo) {
    std::error_code error;
    const bool hidden = entry.filename().native().starts_with('.');
    if (!hidden && fs::is_directory(entry, error)) {
      const bool link = fs::is_symlink(fs::symlink_status(entry, error));
      if (link) {
        linked_.push_back(entry);
      } else {
        todo.push_back({entry, ours});
      }
    } else if (!hidden && HasVideoExtension(entry)) {
      files_.push_back(entry);
    } else if (!ours) {
      PassOver(list_, entry);
    }
  }

  InputList& list_;
  std::set<std::pair<dev_t, ino_t>> visited_;
  std::vector<fs::path> linked_;
  std::vector<fs::path> files_;
};

class Expansion {
 public:
  base::Status AddArgument(const std::string& argument) {
    if (argument.starts_with('@') && argument.size() > 1) return AddList(argument.substr(1));
    AddName(argument);
    return {};
  }

  InputList Take() { return std::move(list_); }

 private:
  void AddName(const std::string& name) {
    std::error_code error;
    if (fs::is_directory(name, error)) {
      AddFolder(name);
    } else if (IsPattern(name) && !fs::exists(fs::symlink_status(name, error))) {
      AddPattern(name);
    } else {
      AddFile(name);
    }
  }

  void AddFile(const fs::path& path) {
    std::error_code error;
    fs::path real = fs::weakly_canonical(path, error);
    if (error) real = fs::absolute(path, error).lexically_normal();
    if (seen_.insert(real.native()).second) {
      list_.videos.push_back(path);
    } else {
      ++list_.repeats;
    }
  }

  void AddFolder(const fs::path& folder) {
    const size_t unreadable = list_.unreadable.size();
    const std::vector<fs::path> files = Walk(list_).Files(folder);
    for (const fs::path& file : files) AddFile(file);
    if (files.empty() && list_.unreadable.size() == unreadable) {
      list_.warnings.push_back(
          fmt::format("{}: the folder has no video files", ShellQuote(folder.native())));
    }
  }

  void AddPattern(const std::string& pattern) {
    // "clips/*" means the videos there; "clips/*.dat" means what it says.
    const bool any_file = pattern.find('.', pattern.rfind('/') + 1) != std::string::npos;
    size_t taken = 0;
    for (const fs::path& path : ExpandPattern(pattern)) {
      std::error_code error;
      if (fs::is_directory(path, error)) {
        AddFolder(path);
        ++taken;
      } else if (any_file || HasVideoExtension(path)) {
        AddFile(path);
        ++taken;
      } else {
        PassOver(list_, path);
      }
    }
    if (taken == 0) {
      list_.warnings.push_back(fmt::format("{}: no video file matches", ShellQuote(pattern)));
    }
  }

  base::Status AddList(const std::string& name) {
    const auto fail = [&](std::string_view reason) {
      return base::Fail(base::Code::kInvalidArgument,
                        fmt::format("{}; a list is a text file with one name per line", reason),
                        "@" + ShellQuote(name));
    };
    std::error_code error;
    const fs::file_status status = fs::status(name, error);
    if (!fs::exists(status)) return fail("no such file");
    if (fs::is_directory(status)) return fail("the list is a folder");
    if (fs::is_character_file(status) || fs::is_block_file(status))
      return fail("the list is a device");
    std::ifstream file(name, std::ios::binary);
    if (!file) return fail("the list cannot be read");
    std::string text = ReadBounded(file);
    if (text.size() > kMaxListBytes) return fail("the list is larger than 256 MiB");
    if (text.find('\0') != std::string::npos) return fail("the list is a binary file");
    list_.lists.emplace_back(name);
    if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);  // byte order mark
    const size_t before = list_.videos.size() + static_cast<size_t>(list_.repeats);
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      AddListed(text.substr(at, end - at), name);
      at = end + 1;
    }
    if (list_.videos.size() + static_cast<size_t>(list_.repeats) == before) {
      list_.warnings.push_back(fmt::format("@{}: the list names no video", ShellQuote(name)));
    }
    return {};
  }

  void AddListed(std::string line, const fs::path& list) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.find_first_not_of(" \t") == std::string::npos || line.starts_with('#')) return;
    std::error_code error;
    const fs::path beside = list.parent_path() / line;
    const bool here = fs::exists(fs::symlink_status(line, error)) || fs::path(line).is_absolute();
    AddName(!here && fs::exists(fs::symlink_status(beside, error)) ? beside.native() : line);
  }

  InputList list_;
  std::set<std::string> seen_;
};

}  // namespace

bool HasVideoExtension(const fs::path& path) {
  constexpr auto kExtensions = std::to_array<std::string_view>(
      {".3g2",  ".3gp", ".asf", ".avi",  ".divx", ".dv",  ".f4v",  ".flv",   ".h264",
       ".hevc", ".ivf", ".m1v", ".m2t",  ".m2ts", ".m2v", ".m4v",  ".mjpeg", ".mkv",
       ".mov",  ".mp4", ".mpe", ".mpeg", ".mpg",  ".mts", ".mxf",  ".nut",   ".ogm",
       ".ogv",  ".qt",  ".rm",  ".rmvb", ".ts",   ".vob", ".webm", ".wmv",   ".y4m"});
  std::string extension = path.extension().native();
  for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

base::Result<InputList> ExpandInputs(std::span<const std::string> arguments) {
  Expansion expansion;
  for (const std::string& argument : arguments) {
    if (const auto added = expansion.AddArgument(argument); !added)
      return std::unexpected(added.error());
  }
  InputList list = expansion.Take();
  if (list.videos.empty() && list.unreadable.empty()) {
    std::string reason = "no input: name a video, a folder, a pattern or @list.txt";
    if (!list.warnings.empty())
      reason = "nothing to do: " + fmt::format("{}", fmt::join(list.warnings, "; "));
    return base::Fail(base::Code::kInvalidArgument, std::move(reason));
  }
  return list;
}

}  // namespace reelbatch::app
