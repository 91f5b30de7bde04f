#include "apps/reelbatch/scene_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostNames = 3;

size_t LeadingDigits(std::string_view text) {
  const size_t other = text.find_first_not_of("0123456789");
  return other == std::string_view::npos ? text.size() : other;
}

bool IsPicture(std::string_view extension) {
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

/// Whether `name` is one that ImageName() gives, or the same without its second number.
bool IsScene(std::string_view name, const SceneFiles& files) {
  const std::string start = files.stem + "-Scene-";
  if (!name.starts_with(start)) return false;
  name.remove_prefix(start.size());
  const size_t scene = LeadingDigits(name);
  if (scene == 0) return false;
  name.remove_prefix(scene);
  if (!files.pictures)
    return name.starts_with('.') && name.find('.', 1) == name.npos && !IsPicture(name);
  if (!name.starts_with('-')) return false;
  name.remove_prefix(1);
  const size_t image = LeadingDigits(name);
  return image > 0 && IsPicture(name.substr(image));
}

}  // namespace

std::vector<std::string> FindScenes(const SceneFiles& files) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(files.folder, error), end; !error && it != end;
       it.increment(error)) {
    std::string name = it->path().filename().native();
    if (IsScene(name, files)) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

std::string SomeNames(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kMostNames); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += ShellQuote(names[i]);
  }
  if (names.size() > kMostNames) text += fmt::format(" and {} more", names.size() - kMostNames);
  return text;
}

base::Status CheckNoScenes(const SceneFiles& files, const std::string& option) {
  const std::vector<std::string> names = FindScenes(files);
  if (names.empty()) return {};
  return base::Fail(base::Code::kInvalidArgument,
                    fmt::format("{} already has {} of an earlier call or of another video of this "
                                "name; choose another folder, or use --overwrite to replace them",
                                ShellQuote(files.folder.native()), SomeNames(names)),
                    option);
}

}  // namespace reelbatch::app
