#include "apps/reelbatch/output_check.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "apps/reelbatch/scene_files.h"
#include "apps/reelbatch/terminal.h"
#include "base/picture_files.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

fs::path Normalised(const fs::path& path) {
  std::error_code error;
  // Absolute first: a relative path of which nothing exists would stay relative.
  const fs::path absolute = fs::absolute(path, error);
  const fs::path whole = fs::weakly_canonical(absolute, error);
  return error ? absolute.lexically_normal() : whole;
}

/// What the command reads, by every name it may have.
class Sources {
 public:
  explicit Sources(const InputList& inputs) {
    for (const fs::path& video : inputs.videos) {
      Add(video, "video");
      if (!base::NamesPictures(video)) continue;
      const auto pictures = base::ListPictures(video);
      if (!pictures) continue;
      for (const fs::path& picture : pictures->files) Add(picture, "picture");
    }
    for (const fs::path& list : inputs.lists) Add(list, "list");
  }

  /// What kind of input lies at `path`: "video", "picture", "list"; empty: none.
  std::string_view KindOf(const fs::path& path) const {
    struct stat facts{};
    if (stat(path.c_str(), &facts) == 0) {
      const auto found = files_.find({facts.st_dev, facts.st_ino});
      return found == files_.end() ? "" : found->second;
    }
    const auto found = paths_.find(Normalised(path));
    return found == paths_.end() ? "" : found->second;
  }

 private:
  void Add(const fs::path& path, std::string_view kind) {
    struct stat facts{};
    if (stat(path.c_str(), &facts) == 0) files_[{facts.st_dev, facts.st_ino}] = kind;
    paths_[Normalised(path)] = kind;
  }

  std::map<std::pair<dev_t, ino_t>, std::string_view> files_;
  std::map<fs::path, std::string_view> paths_;  // of what is not there, or not yet
};

base::Status CheckSource(const std::string& option, const fs::path& path, const Sources& sources) {
  const std::string_view kind = sources.KindOf(path);
  if (kind.empty()) return {};
  return base::Fail(base::Code::kInvalidArgument,
                    fmt::format("would overwrite the {} {}; choose another name or folder", kind,
                                ShellQuote(path.native())),
                    option);
}

base::Status CannotWrite(const std::string& option, const fs::path& path, std::string_view why) {
  return base::Fail(base::Code::kIo,
                    fmt::format("{}: {}; choose another place", ShellQuote(path.native()), why),
                    option);
}

base::Status CheckPermission(const std::string& option, const fs::path& path, int mode) {
  if (access(path.c_str(), mode) == 0) return {};
  return CannotWrite(option, path, "cannot be written: " + std::generic_category().message(errno));
}

base::Status CheckFile(const OutputPlan::File& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file.path, error);
  // Links, pipes and devices are written as they are; anything else is made anew in its folder.
  if (fs::exists(status) &&
      (!fs::is_regular_file(status) || fs::is_symlink(fs::symlink_status(file.path, error)))) {
    return CheckPermission(file.option, file.path, W_OK);
  }
  const fs::path folder = file.path.has_parent_path() ? file.path.parent_path() : fs::path(".");
  const fs::file_status parent = fs::status(folder, error);
  if (!fs::exists(parent) && parent.type() == fs::file_type::not_found) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("the folder {0} does not exist: create it first, or use {1}={0}/ to create it",
                    ShellQuote(folder.native()), file.option),
        file.option);
  }
  if (fs::exists(parent) && !fs::is_directory(parent))
    return CannotWrite(file.option, folder, "is not a folder");
  return CheckPermission(file.option, folder, W_OK | X_OK);
}

base::Status CheckFolder(const OutputPlan::Folder& folder) {
  fs::path at = Normalised(folder.path);
  std::error_code error;
  while (fs::status(at, error).type() == fs::file_type::not_found && at != at.parent_path())
    at = at.parent_path();
  const fs::file_status status = fs::status(at, error);
  if (fs::exists(status) && !fs::is_directory(status))
    return CannotWrite(folder.option, at, "is not a folder");
  return CheckPermission(folder.option, at, W_OK | X_OK);
}

bool ArePictures(const OutputPlan::Scenes& scenes) {
  return scenes.extension == ".jpg" || scenes.extension == ".png";
}

base::Status CheckEarlierScenes(const OutputPlan::Folder& folder) {
  if (folder.overwrite) return {};
  for (const OutputPlan::Scenes& scenes : folder.scenes) {
    const SceneFiles files{
        .folder = folder.path, .stem = scenes.stem, .pictures = ArePictures(scenes)};
    if (auto checked = CheckNoScenes(files, folder.option); !checked) return checked;
  }
  return {};
}

/// Exact and copied pieces have the same names.
base::Status CheckSameFolder(const OutputPlan& plan) {
  const OutputPlan::Folder* before = nullptr;
  for (const OutputPlan::Folder& folder : plan.folders) {
    if (folder.scenes.empty() || ArePictures(folder.scenes.front())) continue;
    if (before != nullptr && Normalised(before->path) == Normalised(folder.path)) {
      return base::Fail(
          base::Code::kInvalidArgument,
          fmt::format("{} writes files of the same names into {}; choose another folder",
                      before->option, ShellQuote(folder.path.native())),
          folder.option);
    }
    before = &folder;
  }
  return {};
}

bool IsScene(const std::string& name, const std::vector<OutputPlan::Scenes>& all) {
  return std::ranges::any_of(all, [&](const OutputPlan::Scenes& scenes) {
    return name.starts_with(scenes.stem + "-Scene-") && name.ends_with(scenes.extension);
  });
}

base::Status CheckSourcesIn(const OutputPlan::Folder& folder, const Sources& sources) {
  for (const std::string& name : folder.names) {
    if (auto checked = CheckSource(folder.option, folder.path / name, sources); !checked)
      return checked;
  }
  if (folder.scenes.empty()) return {};
  std::error_code error;
  for (fs::directory_iterator it(folder.path, error), end; !error && it != end;
       it.increment(error)) {
    if (!IsScene(it->path().filename().native(), folder.scenes)) continue;
    if (auto checked = CheckSource(folder.option, it->path(), sources); !checked) return checked;
  }
  return {};
}

}  // namespace

base::Status CheckOutputs(const OutputPlan& plan, const InputList& inputs) {
  const Sources sources(inputs);
  std::set<fs::path> taken;
  for (const OutputPlan::File& file : plan.files) {
    if (auto checked = CheckSource(file.option, file.path, sources); !checked) return checked;
    std::error_code error;
    const fs::file_status status = fs::status(file.path, error);
    const bool once = !fs::exists(status) || fs::is_regular_file(status);
    if (once && !taken.insert(Normalised(file.path)).second) {
      return base::Fail(
          base::Code::kInvalidArgument,
          fmt::format("another output format is already written to {}; choose another file",
                      ShellQuote(file.path.native())),
          file.option);
    }
    if (auto checked = CheckFile(file); !checked) return checked;
  }
  for (const OutputPlan::Folder& folder : plan.folders) {
    if (auto checked = CheckSourcesIn(folder, sources); !checked) return checked;
    if (auto checked = CheckFolder(folder); !checked) return checked;
    if (auto checked = CheckEarlierScenes(folder); !checked) return checked;
  }
  return CheckSameFolder(plan);
}

}  // namespace reelbatch::app
