#include "apps/reelbatch/glob.h"

#include <algorithm>
#include <string>
#include <utility>

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

/// Matches one letter against the set at pattern[at] == '['. Moves `at` behind the set; false in
/// `closed` where there is no closing bracket.
bool MatchesSet(std::string_view pattern, size_t& at, unsigned char letter, bool& closed) {
  size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  for (const size_t first = i; i < pattern.size() && (pattern[i] != ']' || i == first); ++i) {
    const auto low = static_cast<unsigned char>(pattern[i]);
    auto high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      high = static_cast<unsigned char>(pattern[i + 2]);
      i += 2;
    }
    found = found || (letter >= low && letter <= high);
  }
  closed = i < pattern.size();
  if (closed) at = i + 1;
  return found != negated;
}

/// The entries of a folder, sorted; nothing where it cannot be listed.
std::vector<fs::path> Entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder.empty() ? "." : folder, error), end; !error && it != end;
       it.increment(error)) {
    entries.push_back(it->path().filename());
  }
  std::sort(entries.begin(), entries.end(),
            [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  return entries;
}

using Components = std::vector<std::string>;

fs::path Root(std::string_view pattern) { return pattern.starts_with('/') ? "/" : ""; }

Components Split(std::string_view pattern) {
  Components components;
  for (size_t at = 0; at <= pattern.size();) {
    const size_t slash = std::min(pattern.find('/', at), pattern.size());
    std::string component(pattern.substr(at, slash - at));
    // "**/**" means what "**" means; collapsed, it is not walked twice.
    const bool repeated = component == "**" && !components.empty() && components.back() == "**";
    if (!component.empty() && !repeated) components.push_back(std::move(component));
    at = slash + 1;
  }
  return components;
}

void Expand(const fs::path& base, const Components& components, size_t at,
            std::vector<fs::path>& found) {
  std::error_code error;
  if (at == components.size()) {
    found.push_back(base);
    return;
  }
  const std::string& component = components[at];
  const bool last = at + 1 == components.size();
  if (component == "**") {
    // As the last component it means every file below; else no folder at all, or one more and `**`
    // again.
    if (!last) Expand(base, components, at + 1, found);
    for (const fs::path& name : Entries(base)) {
      if (name.native().starts_with('.')) continue;
      const fs::path path = base / name;
      const bool folder = fs::is_directory(fs::symlink_status(path, error));
      if (folder) {
        Expand(path, components, at, found);
      } else if (last) {
        found.push_back(path);
      }
    }
    return;
  }
  if (!IsPattern(component)) {
    const fs::path path = base / component;
    if (fs::exists(path, error)) Expand(path, components, at + 1, found);
    return;
  }
  for (const fs::path& name : Entries(base)) {
    if (!MatchesName(component, name.native())) continue;
    const fs::path path = base / name;
    if (last || fs::is_directory(path, error)) Expand(path, components, at + 1, found);
  }
}

}  // namespace

bool IsPattern(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

bool MatchesName(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  size_t p = 0;
  size_t n = 0;
  size_t star = std::string_view::npos;  // the last '*', and where its match ends
  size_t star_end = 0;
  while (n < name.size()) {
    bool matched = false;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_end = n;
      continue;
    }
    size_t next = p + 1;
    if (p < pattern.size() && pattern[p] == '[') {
      bool closed = false;
      size_t behind = p;
      matched = MatchesSet(pattern, behind, static_cast<unsigned char>(name[n]), closed);
      if (closed) next = behind;
      if (!closed) matched = name[n] == '[';
    } else if (p < pattern.size()) {
      matched = pattern[p] == '?' || pattern[p] == name[n];
    }
    if (matched) {
      p = next;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_end;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

fs::path FolderOfPattern(std::string_view pattern) {
  fs::path folder = Root(pattern);
  for (const std::string& component : Split(pattern)) {
    if (IsPattern(component)) break;
    folder /= component;
  }
  return folder;
}

std::vector<fs::path> ExpandPattern(std::string_view pattern) {
  std::vector<fs::path> found;
  Expand(Root(pattern), Split(pattern), 0, found);
  std::sort(found.begin(), found.end(),
            [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace reelbatch::app
