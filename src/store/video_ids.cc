#include "store/video_ids.h"

#include <cstdint>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/hash.h"

namespace reelbatch::store {
namespace {

constexpr size_t kSuffixDigits = 8;

/// Names for one video, from the plainest to one that cannot collide.
enum class Form : uint8_t { kStem, kRelative, kRelativeAndAbsolute, kAbsolute };

class Assigner {
 public:
  Assigner(std::span<const NewVideo> videos, const KnownVideos& known)
      : videos_(videos), known_(known), ids_(videos.size()) {}

  base::Result<std::vector<std::string>> Run() {
    std::vector<size_t> open(videos_.size());
    std::iota(open.begin(), open.end(), size_t{0});
    for (const Form form :
         {Form::kStem, Form::kRelative, Form::kRelativeAndAbsolute, Form::kAbsolute}) {
      auto rest = Round(form, open);
      if (!rest) return std::unexpected(rest.error());
      open = std::move(*rest);
      if (open.empty()) return std::move(ids_);
    }
    return base::Fail(base::Code::kInternal, "two different paths with the same SHA-256");
  }

 private:
  /// Gives this form to every video in `open` for which it is free; answers the others.
  base::Result<std::vector<size_t>> Round(Form form, const std::vector<size_t>& open) {
    std::vector<std::string> names;
    std::vector<std::string> lower;
    names.reserve(open.size());
    lower.reserve(open.size());
    for (const size_t i : open) {
      names.push_back(Name(form, videos_[i]));
      lower.push_back(LowerAscii(names.back()));
    }
    std::unordered_map<std::string_view, int> wishes;
    wishes.reserve(open.size());
    for (const std::string& name : lower) ++wishes[name];
    std::vector<size_t> rest;
    std::vector<size_t> given;
    for (size_t i = 0; i < open.size(); ++i) {
      auto used = InUse(form, lower[i]);
      if (!used) return std::unexpected(used.error());
      if (*used || wishes[lower[i]] > 1) {
        rest.push_back(open[i]);
        continue;
      }
      given.push_back(i);
      ids_[open[i]] = std::move(names[i]);
    }
    // Only now: in the same round nobody's wish stands in another one's way but by the count.
    if (!rest.empty()) {
      for (const size_t i : given) given_.insert(std::move(lower[i]));
    }
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

  static std::string Name(Form form, const NewVideo& video) {
    std::string name(video.stem);
    if (form == Form::kStem) return name;
    const std::string of_absolute = base::Sha256Hex(video.path);
    if (form == Form::kAbsolute) return name + "-" + of_absolute;
    name += "-" + base::Sha256Hex(video.relative_path).substr(0, kSuffixDigits);
    if (form == Form::kRelativeAndAbsolute) name += "-" + of_absolute.substr(0, kSuffixDigits);
    return name;
  }

  const std::span<const NewVideo> videos_;
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

base::Result<std::vector<std::string>> AssignVideoIds(std::span<const NewVideo> videos,
                                                      const KnownVideos& known) {
  return Assigner(videos, known).Run();
}

}  // namespace reelbatch::store
