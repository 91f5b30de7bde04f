#include "store/source_input.h"

#include "store/identity.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;

std::string WithSlash(std::string text) {
  if (!text.empty() && !text.ends_with('/')) text += '/';
  return text;
}

}  // namespace

RelativeToFolder::RelativeToFolder(const fs::path& folder) : folder_(WithSlash(folder.native())) {
  fs::path absolute = AbsolutePath(folder);
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  name_ = WithSlash(absolute.filename().native());
}

std::string RelativeToFolder::operator()(const fs::path& found) const {
  const std::string& path = found.native();
  if (!path.starts_with(folder_)) return "";
  return name_ + path.substr(folder_.size());
}

std::string_view RelativeToCurrent(std::string_view absolute, std::string_view current) {
  if (current.empty()) return absolute;
  if (current.ends_with('/')) current.remove_suffix(1);
  if (absolute.size() <= current.size() + 1 || !absolute.starts_with(current) ||
      absolute[current.size()] != '/') {
    return absolute;
  }
  return absolute.substr(current.size() + 1);
}

}  // namespace reelbatch::store
