#include "store/video_ids.h"

#include <cstdint>
#include <iterator>
#include <numeric>
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
    names.reserve(open.size());
    std::unordered_map<std::string, int> wishes;
    for (const size_t i : open) {
      names.push_back(Name(form, videos_[i]));
      ++wishes[LowerAscii(names.back())];
    }
    std::vector<size_t> rest;
    std::vector<std::string> given;
    for (size_t i = 0; i < open.size(); ++i) {
      std::string lower = LowerAscii(names[i]);
      auto used = InUse(form, lower);
      if (!used) return std::unexpected(used.error());
      if (*used || wishes[lower] > 1) {
        rest.push_back(open[i]);
        continue;
      }
      given.push_back(std::move(lower));
      ids_[open[i]] = std::move(names[i]);
    }
    given_.insert(std::make_move_iterator(given.begin()), std::make_move_iterator(given.end()));
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
