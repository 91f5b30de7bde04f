#include "apps/reelbatch/inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <istream>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "apps/reelbatch/folder_walk.h"
#include "apps/reelbatch/glob.h"
#include "apps/reelbatch/input_address.h"
#include "apps/reelbatch/real_paths.h"
#include "apps/reelbatch/standard_input.h"
#include "apps/reelbatch/terminal.h"
#include "base/picture_files.h"
#include "media/picture_source.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxListBytes = size_t{256} << 20;  // a million names of 255 bytes

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

class Expansion {
 public:
  explicit Expansion(const InputOptions& options) : options_(options) {}

  base::Status AddArgument(const std::string& argument) {
    if (argument == "-") return AddStandardInput();
    if (argument.starts_with('@') && argument.size() > 1) return AddList(argument.substr(1));
    AddName(argument);
    return {};
  }

  InputList Take() {
    if (options_.picture_fps && sequences_ == 0) {
      list_.warnings.emplace_back("--fps has no effect: no input is a picture sequence");
    }
    return std::move(list_);
  }

 private:
  base::Status AddStandardInput() {
    if (list_on_standard_input_) return BothAtOnce();
    auto path = SpoolStandardInput(options_.cancel);
    if (!path) return std::unexpected(path.error());
    video_on_standard_input_ = true;
    AddFile(*path);
    return {};
  }

  static base::Status BothAtOnce() {
    return base::Fail(
        base::Code::kInvalidArgument,
        "can be read only once: name either - (a video) or @- (a list), and only one of them",
        "standard input");
  }

  void AddName(const std::string& name) {
    std::error_code error;
    if (IsAddress(name)) {
      AddAddress(name);
    } else if (base::NamesPictures(name) && !fs::is_directory(name, error)) {
      AddSequence(name);
    } else if (IsPattern(name) && !fs::exists(fs::symlink_status(name, error))) {
      AddPattern(name);
    } else {
      AddPath(name);
    }
  }

  void AddPath(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      AddFolder(path);
    } else if (base::NamesPictures(path)) {
      AddSequence(path);
    } else {
      AddFile(path);
    }
  }

  void AddAddress(const std::string& address) {
    const auto path = PathOfAddress(address);
    if (path) {
      AddPath(*path);
    } else if (seen_.insert(address).second) {
      list_.unreadable.push_back({address, path.error().message});
    } else {
      ++list_.repeats;
    }
  }

  /// `relative` as InputList::relative_paths has it.
  bool AddFile(fs::path path, std::string relative = {}) {
    if (!seen_.insert(real_paths_.Of(path)).second) {
      ++list_.repeats;
      return false;
    }
    if (relative.empty() && beside_list_)
      relative = fs::path((*beside_list_)(path)).lexically_normal().native();
    list_.videos.push_back(std::move(path));
    list_.relative_paths.push_back(std::move(relative));
    return true;
  }

  /// One without a picture stays an input, and fails as a file that is missing does.
  void AddSequence(fs::path path, std::string relative = {}) {
    std::error_code error;
    if (path.filename() == "." || path.filename() == "..")
      path = fs::absolute(path, error).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();  // "frames/"
    ++sequences_;
    const auto pictures = base::ListPictures(path);
    if (!AddFile(path, std::move(relative)) || !pictures) return;
    const std::string name = ShellQuote(path.native());
    if (const std::string missing = base::MissingNumbers(*pictures); !missing.empty()) {
      list_.warnings.push_back(
          fmt::format("{}: {}; the existing pictures are read without gaps", name, missing));
    }
    if (!options_.picture_fps) {
      list_.notes.push_back(
          fmt::format("{}: {} pictures are read as one video at {} frames per second; use --fps F "
                      "to set another rate",
                      name, pictures->files.size(), media::kDefaultPictureFps));
    }
  }

  void AddFolder(const fs::path& folder) {
    const size_t unreadable = list_.unreadable.size();
    FolderContent content = WalkFolder(folder, list_);
    const size_t warnings = list_.warnings.size();
    const std::set<fs::path> sequences = SequencesOf(content);
    std::vector<fs::path> found = std::move(content.videos);
    found.insert(found.end(), sequences.begin(), sequences.end());
    if (!sequences.empty()) std::ranges::sort(found, {}, &fs::path::native);
    const store::RelativeToFolder relative(folder);
    for (fs::path& path : found) {
      if (sequences.contains(path)) {
        AddSequence(path, relative(path));
      } else {
        std::string below = relative(path);
        AddFile(std::move(path), std::move(below));
      }
    }
    for (const fs::path& picture : content.pictures) {
      if (!sequences.contains(picture.parent_path())) PassOver(list_, picture);
    }
    // An error about its pictures was reported above.
    if (found.empty() && list_.unreadable.size() == unreadable &&
        list_.warnings.size() == warnings) {
      list_.warnings.push_back(
          fmt::format("{}: the folder has no video files{}", ShellQuote(folder.native()),
                      content.pictures.empty()
                          ? ""
                          : "; with --fps F, a single picture is read as a video of one frame"));
    }
  }

  std::set<fs::path> SequencesOf(const FolderContent& content) {
    std::set<fs::path> sequences;
    if (!content.videos.empty() && !options_.picture_fps) return sequences;
    const size_t fewest = options_.picture_fps ? 1 : 2;
    for (const fs::path& folder : content.picture_folders) {
      const auto pictures = base::ListPictures(folder);
      if (!pictures) {
        list_.warnings.push_back(pictures.error().Text());
      } else if (pictures->files.size() >= fewest) {
        sequences.insert(pictures->files.front().parent_path());
      }
    }
    return sequences;
  }

  void AddPattern(const std::string& pattern) {
    // "clips/*" means the videos there; "clips/*.dat" means what it says.
    const bool any_file = pattern.find('.', pattern.rfind('/') + 1) != std::string::npos;
    size_t taken = 0;
    const fs::path folder = FolderOfPattern(pattern);
    std::optional<store::RelativeToFolder> relative;
    if (!folder.empty()) relative.emplace(folder);
    for (const fs::path& path : ExpandPattern(pattern)) {
      std::error_code error;
      std::string reason;
      if (fs::is_directory(path, error)) {
        AddFolder(path);
        ++taken;
      } else if (HasAmbiguousExtension(path) ? CountsAsVideo(path, reason)
                                             : any_file || HasVideoExtension(path)) {
        AddFile(path, relative ? (*relative)(path) : "");
        ++taken;
      } else {
        PassOver(list_, path, std::move(reason));
      }
    }
    if (taken == 0) {
      list_.warnings.push_back(fmt::format("{}: no video file matches", ShellQuote(pattern)));
    }
  }

  base::Status AddList(const std::string& name) {
    const auto text = name == "-" ? ReadListOnStandardInput() : ReadListFile(name);
    if (!text) return std::unexpected(text.error());
    if (name != "-") list_.lists.emplace_back(name);
    return AddLines(*text, name);
  }

  static std::unexpected<base::Error> RefuseList(const std::string& name, std::string_view reason) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("{}; a list is a text file with one name per line", reason),
                      "@" + ShellQuote(name));
  }

  base::Result<std::string> ReadListOnStandardInput() {
    if (video_on_standard_input_ || list_on_standard_input_)
      return std::unexpected(BothAtOnce().error());
    list_on_standard_input_ = true;
    return ReadStandardInput(kMaxListBytes, options_.cancel);
  }

  static base::Result<std::string> ReadListFile(const std::string& name) {
    std::error_code error;
    const fs::file_status status = fs::status(name, error);
    if (!fs::exists(status)) return RefuseList(name, "no such file");
    if (fs::is_directory(status)) return RefuseList(name, "the list is a folder");
    if (fs::is_character_file(status) || fs::is_block_file(status))
      return RefuseList(name, "the list is a device");
    std::ifstream file(name, std::ios::binary);
    if (!file) return RefuseList(name, "the list cannot be read");
    return ReadBounded(file);
  }

  base::Status AddLines(std::string text, const std::string& name) {
    if (text.size() > kMaxListBytes) return RefuseList(name, "the list is larger than 256 MiB");
    if (text.find('\0') != std::string::npos) return RefuseList(name, "the list is a binary file");
    if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);  // byte order mark
    const size_t before = Named();
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      AddListed(text.substr(at, end - at), name == "-" ? fs::path() : fs::path(name));
      at = end + 1;
    }
    if (Named() == before) {
      list_.warnings.push_back(fmt::format("@{}: the list has no video", ShellQuote(name)));
    }
    return {};
  }

  /// Inputs so far, readable or not.
  size_t Named() const {
    return list_.videos.size() + static_cast<size_t>(list_.repeats) + list_.unreadable.size();
  }

  void AddListed(std::string line, const fs::path& list) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.find_first_not_of(" \t") == std::string::npos || line.starts_with('#')) return;
    std::error_code error;
    const fs::path beside = list.parent_path() / line;
    const bool here = fs::exists(fs::symlink_status(line, error)) || fs::path(line).is_absolute();
    const bool there = fs::exists(fs::symlink_status(beside, error)) ||
                       (base::NamesPictures(beside) && base::ListPictures(beside).has_value());
    if (!here && there) {
      beside_list_.emplace(list.parent_path());
      AddName(beside.native());
      beside_list_.reset();
    } else {
      AddName(line);
    }
  }

  const InputOptions& options_;
  InputList list_;
  std::unordered_set<std::string> seen_;  // real paths of files; addresses that are not read
  RealPaths real_paths_;
  std::optional<store::RelativeToFolder> beside_list_;  // while a name beside its list is added
  int sequences_ = 0;
  bool video_on_standard_input_ = false;
  bool list_on_standard_input_ = false;
};

/// Why there is nothing to do at all.
std::string NothingToDo(const InputList& list) {
  std::vector<std::string> reasons;
  for (const InputList::Unreadable& one : list.unreadable)
    reasons.push_back(fmt::format("{}: {}", ShellQuote(one.path.native()), one.reason));
  reasons.insert(reasons.end(), list.warnings.begin(), list.warnings.end());
  if (reasons.empty()) return "no input: name a video, a folder, a pattern or @list.txt";
  return fmt::format("nothing to do: {}", fmt::join(reasons, "; "));
}

}  // namespace

std::vector<store::SourceInput> SourcesOf(const InputList& list) {
  std::vector<store::SourceInput> sources;
  sources.reserve(list.videos.size());
  for (size_t i = 0; i < list.videos.size(); ++i) {
    sources.push_back({.path = list.videos[i].native(), .relative_path = list.relative_paths[i]});
  }
  return sources;
}

base::Result<InputList> ExpandInputs(std::span<const std::string> arguments,
                                     const InputOptions& options) {
  Expansion expansion(options);
  for (const std::string& argument : arguments) {
    if (const auto added = expansion.AddArgument(argument); !added)
      return std::unexpected(added.error());
  }
  InputList list = expansion.Take();
  // A folder that cannot be listed is work that was not done; addresses alone are a wrong call.
  const auto is_address = [](const InputList::Unreadable& one) {
    return IsAddress(one.path.native());
  };
  if (list.videos.empty() && std::ranges::all_of(list.unreadable, is_address))
    return base::Fail(base::Code::kInvalidArgument, NothingToDo(list));
  return list;
}

}  // namespace reelbatch::app
