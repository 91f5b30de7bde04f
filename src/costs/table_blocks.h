#pragma once

#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "contracts/cost_row.h"
#include "costs/json_object.h"

namespace reelbatch::costs {

/// Shared blocks by their id; rows in a row mostly name the same one.
template <class T>
class Shared {
 public:
  void Add(const std::string& id, T block) {
    blocks_.emplace(id, std::make_shared<const T>(std::move(block)));
  }
  bool Has(std::string_view id) const { return blocks_.contains(id); }
  std::shared_ptr<const T> Find(JsonMember& member) {
    const std::string_view id = member.Text();
    if (last_ && id == last_id_) return last_;
    const auto found = blocks_.find(id);
    if (found == blocks_.end()) {
      member.Reject(
          fmt::format("'{}' does not exist in this file; add it, or correct the name", id));
      return nullptr;
    }
    last_id_ = found->first;
    last_ = found->second;
    return last_;
  }

 private:
  std::map<std::string, std::shared_ptr<const T>, std::less<>> blocks_;
  std::string_view last_id_;
  std::shared_ptr<const T> last_;
};

/// What the rows of a document share, and its unit of memory, while it is read.
class TableBlocks {
 public:
  void MemoryUnit(JsonMember& member);
  /// MiB, whatever the document's unit; none where it is not measured. At most 16 TiB.
  std::optional<double> Memory(JsonMember& member) const;

  template <class T>
  Shared<T>& Of() {
    return std::get<Shared<T>>(blocks_);
  }

 private:
  std::tuple<Shared<contracts::DeviceProfile>, Shared<contracts::Provenance>,
             Shared<contracts::CostSubject>, Shared<contracts::CostQuality>>
      blocks_;
  double to_mib_ = 1;
};

/// Blocks of one kind that are written once and named by rows. The same content has the same name;
/// where the name says something (a device's id), only if it was wished for, too.
class NamedBlocks {
 public:
  explicit NamedBlocks(bool name_counts = false) : name_counts_(name_counts) {}

  /// `wish` is the name, with a number behind it where another block has it.
  const std::string& Name(const std::string& wish, const std::string& json);
  std::string Section(std::string_view key) const;

 private:
  bool name_counts_;
  std::map<std::string, std::string> names_;  // by content
  std::map<std::string, int> numbers_;        // the last one given, by what was wished for
  std::set<std::string> taken_;
  std::vector<std::string> lines_;
};

/// What the rows of a document share, while it is written.
class TableNames {
 public:
  /// How the document calls a block. Its JSON is made once.
  const std::string& NameOf(const contracts::DeviceProfile& device);
  const std::string& NameOf(const contracts::Provenance& source);
  const std::string& NameOf(const contracts::CostSubject& subject);
  const std::string& NameOf(const contracts::CostQuality& quality);
  /// Every block that was named.
  std::string Sections() const;

 private:
  template <class T>
  const std::string& NameIn(NamedBlocks& blocks, const T& block, const std::string& wish);

  NamedBlocks devices_{true};
  NamedBlocks sources_;
  NamedBlocks subjects_;
  NamedBlocks qualities_;
  std::map<const void*, const std::string*> by_block_;
};

}  // namespace reelbatch::costs
