#include "apps/reelbatch/output_check.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

#include "apps/reelbatch/terminal.h"

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

/// The videos by every name they may have.
class Sources {
 public:
  explicit Sources(std::span<const fs::path> videos) {
    for (const fs::path& video : videos) {
      struct stat facts {};
      if (stat(video.c_str(), &facts) == 0) files_.emplace(facts.st_dev, facts.st_ino);
      paths_.insert(Normalised(video));
    }
  }

  bool Have(const fs::path& path) const {
    struct stat facts {};
    if (stat(path.c_str(), &facts) == 0) return files_.contains({facts.st_dev, facts.st_ino});
    return paths_.contains(Normalised(path));
  }

 private:
  std::set<std::pair<dev_t, ino_t>> files_;
  std::set<fs::path> paths_;  // of videos that are not there, or not yet
};

base::Status Overwrites(const std::string& option, const fs::path& path) {
  return base::Fail(
      base::Code::kInvalidArgument,
      fmt::format("would overwrite the video {}; choose another name or folder",
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
  return CannotWrite(option, path,
                     "cannot be written: " + std::generic_category().message(errno));
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
        fmt::format("there is no folder {0}: make it first, or let {1}={0}/ make it",
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

bool IsScene(const std::string& name, const std::vector<OutputPlan::Scenes>& all) {
  return std::ranges::any_of(all, [&](const OutputPlan::Scenes& scenes) {
    return name.starts_with(scenes.stem + "-Scene-") && name.ends_with(scenes.extension);
  });
}

base::Status CheckSourcesIn(const OutputPlan::Folder& folder, const Sources& sources) {
  for (const std::string& name : folder.names) {
    if (sources.Have(folder.path / name)) return Overwrites(folder.option, folder.path / name);
  }
  if (folder.scenes.empty()) return {};
  std::error_code error;
  for (fs::directory_iterator it(folder.path, error), end; !error && it != end;
       it.increment(error)) {
    if (IsScene(it->path().filename().native(), folder.scenes) && sources.Have(it->path()))
      return Overwrites(folder.option, it->path());
  }
  return {};
}

}  // namespace

base::Status CheckOutputs(const OutputPlan& plan, std::span<const fs::path> videos) {
  const Sources sources(videos);
  std::set<fs::path> taken;
  for (const OutputPlan::File& file : plan.files) {
    if (sources.Have(file.path)) return Overwrites(file.option, file.path);
    std::error_code error;
    const fs::file_status status = fs::status(file.path, error);
    const bool once = !fs::exists(status) || fs::is_regular_file(status);
    if (once && !taken.insert(Normalised(file.path)).second) {
      return base::Fail(base::Code::kInvalidArgument,
                        fmt::format("another form is written to {} already; choose another file",
                                    ShellQuote(file.path.native())),
                        file.option);
    }
    if (auto checked = CheckFile(file); !checked) return checked;
  }
  for (const OutputPlan::Folder& folder : plan.folders) {
    if (auto checked = CheckSourcesIn(folder, sources); !checked) return checked;
    if (auto checked = CheckFolder(folder); !checked) return checked;
  }
  return {};
}

}  // namespace reelbatch::app
