#include "store/video_ids.h"

#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "base/hash.h"
#include "store/identity.h"

namespace reelbatch::store {
namespace {

constexpr size_t kSuffixDigits = 8;

/// Names for one path, from the plainest to one that cannot collide.
enum class Form : uint8_t { kStem, kContent, kContentAndPath, kWholePath };

class Assigner {
 public:
  Assigner(const std::vector<std::filesystem::path>& paths, const KnownVideos& known)
      : paths_(paths), known_(known), ids_(paths.size()) {}

  base::Result<std::vector<std::string>> Run() {
    std::vector<size_t> open(paths_.size());
    std::iota(open.begin(), open.end(), size_t{0});
    for (const Form form : {Form::kStem, Form::kContent, Form::kContentAndPath, Form::kWholePath}) {
      auto rest = Round(form, open);
      if (!rest) return std::unexpected(rest.error());
      open = std::move(*rest);
      if (open.empty()) return std::move(ids_);
    }
    return base::Fail(base::Code::kInternal, "two different paths with the same SHA-256");
  }

 private:
  /// Gives this form to every path in `open` for which it is free; answers the others.
  base::Result<std::vector<size_t>> Round(Form form, const std::vector<size_t>& open) {
    std::vector<std::string> names;
    std::unordered_map<std::string, int> wishes;
    for (const size_t i : open) {
      auto name = Name(form, paths_[i]);
      if (!name) return std::unexpected(name.error());
      ++wishes[LowerAscii(*name)];
      names.push_back(std::move(*name));
    }
    std::vector<size_t> rest;
    std::vector<std::string> given;
    for (size_t i = 0; i < open.size(); ++i) {
      const std::string lower = LowerAscii(names[i]);
      auto used = InUse(form, lower);
      if (!used) return std::unexpected(used.error());
      if (*used || wishes[lower] > 1) {
        rest.push_back(open[i]);
        continue;
      }
      given.push_back(lower);
      ids_[open[i]] = std::move(names[i]);
    }
    given_.insert(given.begin(), given.end());
    return rest;
  }

  base::Result<bool> InUse(Form form, const std::string& lower) const {
    if (given_.contains(lower)) return true;
    if (form == Form::kStem) {
      auto stem = known_.stem_in_use(lower);
      if (!stem || *stem) return stem;
    }
    return known_.id_in_use(lower);
  }

  base::Result<std::string> Name(Form form, const std::filesystem::path& path) const {
    std::string name = SafeStem(path);
    const std::string of_path = base::Sha256Hex(path.native());
    if (form == Form::kStem) return name;
    if (form == Form::kWholePath) return name + "-" + of_path;
    auto of_content = known_.content_sha256(path);
    if (!of_content && of_content.error().code == base::Code::kCancelled) return of_content;
    name += "-" + of_content.value_or(of_path).substr(0, kSuffixDigits);
    if (form == Form::kContentAndPath) name += "-" + of_path.substr(0, kSuffixDigits);
    return name;
  }

  const std::vector<std::filesystem::path>& paths_;
  const KnownVideos& known_;
  std::vector<std::string> ids_;
  std::unordered_set<std::string> given_;
};

}  // namespace

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

base::Result<std::vector<std::string>> AssignVideoIds(
    const std::vector<std::filesystem::path>& paths, const KnownVideos& known) {
  return Assigner(paths, known).Run();
}

}  // namespace reelbatch::store
