from mailings.admin.segments.pages import SegmentAdmin

__all__ = ["SegmentAdmin"]
