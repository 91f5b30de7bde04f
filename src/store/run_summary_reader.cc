#include "store/run_summary_reader.h"

#include <utility>

#include "base/json_events.h"
#include "base/text.h"

namespace reelbatch::store {
namespace {

/// Knows where it is by the number of open objects and lists and by the keys that led there.
class SummaryEvents final : public base::JsonEvents {
 public:
  explicit SummaryEvents(const std::function<void(const std::string&)>& file) : file_(file) {}

  bool string(string_t& value) override {
    if (depth_ == kDocument && key_ == "run_id") facts_.run_id = value;
    if (depth_ == kDocument && key_ == "ending") facts_.ending = value;
    if (file_ == nullptr || key_ != "videos") return true;
    const bool manifest = depth_ == kVideo && video_key_ == "manifest";
    if (manifest || (depth_ == kVideo + 1 && video_key_ == "artifacts")) file_(value);
    return true;
  }
  bool key(string_t& name) override {
    if (depth_ == kDocument) key_ = name;
    if (depth_ == kVideo) video_key_ = name;
    return true;
  }
  bool start_object(size_t /*elements*/) override {
    Open();
    is_object_ = is_object_ || depth_ == kDocument;
    return true;
  }
  bool start_array(size_t /*elements*/) override {
    Open();
    facts_.has_videos = facts_.has_videos || (depth_ == kVideos && key_ == "videos");
    return true;
  }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool is_object() const { return is_object_; }
  SummaryFacts Take() { return std::move(facts_); }

 private:
  static constexpr int kDocument = 1;
  static constexpr int kVideos = 2;
  static constexpr int kVideo = 3;

  void Open() {
    ++depth_;
    if (depth_ == kVideo) video_key_.clear();
  }
  bool Close() {
    --depth_;
    return true;
  }

  const std::function<void(const std::string&)>& file_;
  SummaryFacts facts_;
  bool is_object_ = false;
  int depth_ = 0;
  std::string key_;        // of the document
  std::string video_key_;  // of one of its videos
};

}  // namespace

base::Result<SummaryFacts> ReadRunSummary(const std::filesystem::path& summary,
                                          const std::function<void(const std::string&)>& file) {
  SummaryEvents reader(file);
  if (auto read = base::ReadJsonEvents(summary, reader); !read)
    return std::unexpected(read.error());
  if (reader.is_object()) return reader.Take();
  return base::Fail(base::Code::kCorrupt, "does not have the expected JSON structure",
                    base::PathForPeople(summary));
}

}  // namespace reelbatch::store
